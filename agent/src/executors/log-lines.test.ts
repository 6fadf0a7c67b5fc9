import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineBlock, LogLine } from './executor.ts';
import { logLineBytesMax } from './executor-limits.ts';
import { LiveFrameReader, LogFrameReader } from './log-frames.ts';
import { isBlock, LineAssembler, LogBudget, logLinesMax, splitBlock } from './log-lines.ts';

const linesIn = (found: (LineBlock | LogLine)[]): LogLine[] =>
  found.flatMap((each) => (isBlock(each) ? splitBlock(each) : [each]));

describe('LineAssembler', () => {
  it('gives the same lines however the bytes are cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ü', '€', '😀', '\n'), maxLength: 200 });
    fc.assert(
      fc.property(
        text,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (whole, cuts) => {
          const assembler = new LineAssembler('stdout');
          const bytes = Buffer.from(whole);
          const lines: LogLine[] = [];
          for (let at = 0, i = 0; at < bytes.length; i += 1) {
            const step = cuts[i % cuts.length] ?? 1;
            lines.push(...linesIn(assembler.push(bytes.subarray(at, at + step), 1)));
            at += step;
          }
          lines.push(...assembler.end());
          const expected = whole.split('\n');
          if (expected.at(-1) === '') expected.pop();
          expect(lines.map((line) => line.text)).toEqual(expected);
        },
      ),
    );
  });

  it('gives a line the time at which its first byte was read', () => {
    const assembler = new LineAssembler('stdout');
    const read = (text: string, atMs: number) => assembler.push(Buffer.from(text), atMs);
    const lines = linesIn([...read('a\nb', 1), ...read('b\nc\nd\ne', 2), ...read('\n', 3)]);
    const times = lines.map(({ text, atMs }) => `${text}${atMs}`);
    expect(times).toEqual(['a1', 'bb1', 'c2', 'd2', 'e2']);
  });

  it('never splits a character when it splits a line', () => {
    const assembler = new LineAssembler('stdout');
    const text = `a${'€'.repeat(10_000)}`;
    const lines = [...linesIn(assembler.push(Buffer.from(text), 1)), ...assembler.end()];
    expect(lines.map((line) => line.text).join('')).toBe(text);
    for (const line of lines) {
      expect(Buffer.byteLength(line.text)).toBeLessThanOrEqual(logLineBytesMax);
    }
    expect(lines.map((line) => line.continued)).toEqual([true, false]);
  });
});

describe('LogBudget', () => {
  it('cuts at the limit and adds one marker', () => {
    const budget = new LogBudget(10);
    const line = (text: string) => ({ stream: 'stdout', atMs: 5, text, continued: false }) as const;
    expect(budget.take(line('12345'))).toEqual({ lines: [line('12345')], exhausted: false });
    const last = budget.take(line('67890'));
    expect(last.exhausted).toBe(true);
    expect(last.lines[0]).toEqual({ ...line('6789'), continued: true });
    expect(last.lines[1]).toMatchObject({ stream: 'system', atMs: 5 });
  });

  it('cuts empty lines too, which cost far more than their bytes', () => {
    const bytesMax = 1_000_000;
    const budget = new LogBudget(bytesMax);
    const line = { stream: 'stdout', atMs: 5, text: '', continued: false } as const;
    for (let n = 0; n < logLinesMax(bytesMax); n += 1) {
      expect(budget.take(line).exhausted).toBe(false);
    }
    const { exhausted, lines } = budget.take(line);
    expect(exhausted).toBe(true);
    expect(lines.map(({ text }) => text)).toEqual([
      "[output truncated: the job's log limit of 62500 lines is reached]",
    ]);
  });
});

describe('LogFrameReader', () => {
  it('refuses bytes that are no log stream', () => {
    expect(() => new LogFrameReader().push(Buffer.alloc(16, 0xff))).toThrow(/impossible/);
    const untimed = Buffer.from([1, 0, 0, 0, 0, 0, 0, 2, 0x61, 0x0a]);
    expect(() => new LogFrameReader().push(untimed)).toThrow(/without time/);
  });
});

describe('LiveFrameReader', () => {
  const header = (stream: 1 | 2, length: number) => {
    const bytes = Buffer.alloc(8);
    bytes[0] = stream;
    bytes.writeUInt32BE(length, 4);
    return bytes;
  };

  it('gives what each stream has written, in order, however the bytes are cut', () => {
    const message = fc.tuple(
      fc.constantFrom(1 as const, 2 as const),
      fc.uint8Array({ maxLength: 9 }),
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), cuts, (messages, sizes) => {
        const sent = Buffer.concat(
          messages.flatMap(([stream, payload]) => [header(stream, payload.length), payload]),
        );
        const reader = new LiveFrameReader();
        let told = '';
        for (let at = 0, i = 0; at < sent.length; i += 1) {
          const chunk = Buffer.from(sent.subarray(at, at + (sizes[i % sizes.length] ?? 1)));
          at += chunk.length;
          for (const { stream, payload, atMs } of reader.push(chunk, 7)) {
            expect(payload.length).toBeGreaterThan(0);
            expect(atMs).toBe(7);
            for (const byte of payload) told += `${stream}${byte} `;
          }
          chunk.fill(0);
        }
        const said = messages.flatMap(([stream, payload]) =>
          [...payload].map((byte) => `${stream === 2 ? 'stderr' : 'stdout'}${byte} `),
        );
        expect(told).toBe(said.join(''));
      }),
      { numRuns: 500 },
    );
  });

  it('makes one of what a stream has written in a row', () => {
    const chunk = Buffer.concat([header(1, 2), Buffer.from('ab'), header(1, 1), Buffer.from('c')]);
    const found = new LiveFrameReader().push(chunk, 1);
    expect(found.map(({ payload }) => payload.toString())).toEqual(['abc']);
  });

  it('refuses bytes that are no log stream', () => {
    expect(() => new LiveFrameReader().push(Buffer.alloc(16, 0xff), 1)).toThrow(/impossible/);
  });
});
