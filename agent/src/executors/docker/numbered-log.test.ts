import { Buffer } from 'node:buffer';
import { PassThrough, Readable } from 'node:stream';
import type Docker from 'dockerode';
import { expect, it } from 'vitest';
import { streamNumberedLog } from './numbered-log.ts';

const diskFull = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });

function frame(text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = 1;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** A container that has written two lines and has ended. */
const container = {
  logs: async () =>
    Readable.from(['a\n', 'b\n'].map((text) => frame(`2026-01-01T00:00:00.000Z ${text}`))),
  wait: async () => ({ StatusCode: 0 }),
} as unknown as Docker.Container;

it.each([
  ['live', 'one by one'],
  ['live', 'together'],
  ['stored', 'one by one'],
  ['stored', 'together'],
])('ends with an error of whoever takes its lines: %s, %s', async (kind, how) => {
  const live = kind === 'live' ? new PassThrough() : null;
  live?.write(Buffer.concat([frame('a\n'), frame('b\n')]));
  const taken: string[] = [];
  const sink = ({ text }: { text: string }) => {
    if (text === 'a') throw diskFull;
    taken.push(text);
  };
  const source = { container, clock: { nowMs: () => 1 }, live };
  const from = { stdout: 0, stderr: 0 };
  const takesBlock = () => {
    if (how === 'together') throw diskFull;
    return false;
  };
  const { signal } = new AbortController();
  const reading = streamNumberedLog(source, { bytesMax: 100, from, takesBlock }, sink, signal);
  await expect(reading).rejects.toBe(diskFull);
  expect(taken).toEqual([]);
});

it.each([
  [
    '2025-12-31T23:59:50.000Z',
    ['[output truncated: more than the engine keeps was written unread]'],
  ],
  ['2025-12-31T23:59:59.000Z', ['b']],
])('does not count from where the engine began its file anew: last line %s', async (at, shown) => {
  const taken: string[] = [];
  const options = { bytesMax: 100, from: { stdout: 2, stderr: 0 }, lastAtMs: Date.parse(at) };
  const sink = ({ text }: { text: string }) => void taken.push(text);
  const source = { container, clock: { nowMs: () => 1 }, live: null };
  await streamNumberedLog(source, options, sink, new AbortController().signal);
  expect(taken).toEqual(shown);
});
