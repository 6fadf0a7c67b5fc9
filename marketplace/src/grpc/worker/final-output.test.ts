import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finalLines, KnownLines } from './final-output.ts';

const lines = (output: string, errors = '') =>
  finalLines({ output, error_output: errors }, 0).map(({ stream, text }) => ({ stream, text }));

describe('finalLines', () => {
  it('has a line for each, and none for a text that is empty', () => {
    expect(lines('one\n\ntwo\n', 'three')).toEqual([
      { stream: 'stdout', text: 'one' },
      { stream: 'stdout', text: '' },
      { stream: 'stdout', text: 'two' },
      { stream: 'stderr', text: 'three' },
    ]);
    expect(lines('')).toEqual([]);
  });
});

/** @param partLines 1 counts any beginning. */
function countKnown(log: ReturnType<typeof lines>, said: ReturnType<typeof lines>, partLines = 1) {
  const known = new KnownLines(said);
  for (const line of log) known.next(line);
  return known.count(partLines);
}

describe('the lines of a report that a log ends with', () => {
  it('are known in whole, in part and not at all', () => {
    const said = lines('a\nb\na\nb\nc');
    const before = lines('b\na');
    expect(countKnown([...before, ...said], said)).toBe(5);
    expect(countKnown([...before, ...said.slice(0, 3)], said)).toBe(3);
    expect(countKnown(lines('x\ny'), said)).toBe(0);
    expect(countKnown([], said)).toBe(0);
    expect(countKnown(said, [])).toBe(0);
  });

  it('are of the same stream', () => {
    expect(countKnown(lines('a'), lines('', 'a'))).toBe(0);
  });

  it('are whole parts, or all: an output may begin as the log ends', () => {
    const said = lines('ok\nb\nc\nd\ne');
    expect(countKnown(lines('ok'), said, 2)).toBe(0);
    expect(countKnown(said.slice(0, 3), said, 2)).toBe(0);
    expect(countKnown(said.slice(0, 4), said, 2)).toBe(4);
    expect(countKnown(said, said, 2)).toBe(5);
  });

  it('are the longest that there are', () => {
    const few = array(constantFrom('a', 'b'), { maxLength: 12 });
    const parts = integer({ min: 1, max: 3 });
    assert(
      property(few, few, parts, (log, said, partLines) => {
        const [left, right] = [log, said].map((texts) =>
          texts.map((text) => ({ stream: 'stdout' as const, text })),
        ) as [ReturnType<typeof lines>, ReturnType<typeof lines>];
        const fits = (count: number) =>
          (count % partLines === 0 || count === said.length) &&
          count <= log.length &&
          said.slice(0, count).every((text, at) => text === log[log.length - count + at]);
        const counts = Array.from({ length: said.length + 1 }, (_, count) => count);
        expect(countKnown(left, right, partLines)).toBe(counts.findLast(fits));
      }),
    );
  });
});
