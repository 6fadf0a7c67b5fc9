import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLogsFrame, toLogsFrame } from './logs-frame.ts';
import { logStreams } from './routes/jobs.ts';

const block = fc.record({
  stream: fc.constantFrom(...logStreams),
  atMs: fc.nat(),
  lineCount: fc.integer({ min: 1, max: 9 }),
  text: fc.string({ unit: 'grapheme', maxLength: 60 }),
});
const message = fc.record({ id: fc.nat(), type: fc.constant('logs'), blocks: fc.array(block) });

function frameOf(head: unknown, texts: string): Buffer {
  return Buffer.from(`${JSON.stringify(head)}\n${texts}`);
}

describe('logs frame', () => {
  it('gives back every message, line breaks and characters of any length included', () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(readLogsFrame(toLogsFrame(sent))).toEqual(sent);
      }),
    );
  });

  it('replaces half of a character, which no UTF-8 can have', () => {
    const half = { stream: 'stdout', atMs: 1, lineCount: 1, text: 'a\ud800b\n' } as const;
    const read = readLogsFrame(toLogsFrame({ blocks: [half, { ...half, text: 'c\n' }] }));
    expect(read).toMatchObject({ blocks: [{ text: 'a\ufffdb\n' }, { text: 'c\n' }] });
  });

  it.each([
    ['without a line', Buffer.from('{"blocks":[]}')],
    ['of nothing', Buffer.alloc(0)],
    ['without blocks', frameOf({ type: 'logs' }, '')],
    ['with something else as blocks', frameOf({ blocks: 'many' }, '')],
    ['with a block that is none', frameOf({ blocks: [null] }, '')],
    ['with a block without its size', frameOf({ blocks: [{ text: 'a' }] }, 'a')],
    ['with a size below nothing', frameOf({ blocks: [{ bytes: -1 }] }, 'a')],
    ['with half a byte', frameOf({ blocks: [{ bytes: 0.5 }] }, 'a')],
    ['with less than it says', frameOf({ blocks: [{ bytes: 2 }] }, 'a')],
    ['with more than it says', frameOf({ blocks: [{ bytes: 1 }] }, 'ab')],
  ])('refuses a frame %s', (_name, frame) => {
    expect(() => readLogsFrame(frame)).toThrow();
  });
});
