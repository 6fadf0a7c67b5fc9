import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countKnown, finalLines } from './final-output.ts';

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

describe('countKnown', () => {
  it('knows a report that was stored in whole, in part and not at all', () => {
    const said = lines('a\nb\na\nb\nc');
    const before = lines('b\na');
    expect(countKnown([...before, ...said], said)).toBe(5);
    expect(countKnown([...before, ...said.slice(0, 3)], said)).toBe(3);
    expect(countKnown(lines('x\ny'), said)).toBe(0);
    expect(countKnown([], said)).toBe(0);
    expect(countKnown(said, [])).toBe(0);
  });

  it('tells streams apart', () => {
    expect(countKnown(lines('a'), lines('', 'a'))).toBe(0);
  });

  it('finds the longest that there is', () => {
    const few = array(constantFrom('a', 'b'), { maxLength: 12 });
    assert(
      property(few, few, (log, said) => {
        const [left, right] = [log, said].map((texts) =>
          texts.map((text) => ({ stream: 'stdout' as const, text })),
        ) as [ReturnType<typeof lines>, ReturnType<typeof lines>];
        const fits = (count: number) =>
          count <= log.length &&
          said.slice(0, count).every((text, at) => text === log[log.length - count + at]);
        const counts = Array.from({ length: said.length + 1 }, (_, count) => count);
        expect(countKnown(left, right)).toBe(counts.findLast(fits));
      }),
    );
  });
});
