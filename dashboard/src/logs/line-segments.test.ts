import { describe, expect, it } from 'vitest';
import { readLineRange, writeLineRange } from './line-range.ts';
import { findLinks, lineSegments } from './line-segments.ts';
import { RowHeights } from './row-heights.ts';

describe('links in a line', () => {
  it.each([
    ['see https://a.example/x?y=1.', ['https://a.example/x?y=1']],
    ['(http://a.example)', ['http://a.example/']],
    ['https://bank.example@evil.example/', []],
    ['javascript:alert(1) ftp://a.example file:///etc/passwd', []],
    ['https:// and http://[', []],
    ['"https://a.example/<b>"', ['https://a.example/']],
  ])('%s', (text, hrefs) => {
    expect(findLinks(text).map(({ href }) => href)).toEqual(hrefs);
  });
});

describe('the pieces of a row', () => {
  it('are cut where colours, links and hits begin and end', () => {
    const text = '\u001b[31mred https://a.example\u001b[0m end';
    const segments = lineSegments(text, [[2, 6]]);
    expect(segments.map((one) => [one.text, one.href !== null, one.isMarked])).toEqual([
      ['re', false, false],
      ['d ', false, true],
      ['ht', true, true],
      ['tps://a.example', true, false],
      [' end', false, false],
    ]);
    expect(segments[0]?.className).toBe('ansi-red');
    expect(segments.at(-1)?.className).toBe('');
  });
});

describe('lines in an address', () => {
  it.each([
    ['#L120', { from: 120, to: 120 }],
    ['#L140-L120', { from: 120, to: 140 }],
    ['#L0', null],
    ['#L12x', null],
    ['', null],
  ])('%s', (hash, range) => {
    expect(readLineRange(hash)).toEqual(range);
  });

  it('are written as they are read', () => {
    expect(writeLineRange({ from: 3, to: 3 })).toBe('#L3');
    expect(writeLineRange({ from: 3, to: 5 })).toBe('#L3-L5');
  });
});

describe('heights of rows', () => {
  it('move what comes below, also far away', () => {
    const heights = new RowHeights(10);
    expect(heights.set(2, 50)).toBe(true);
    expect(heights.set(2, 50)).toBe(false);
    heights.set(1_500, 20);
    expect(heights.offset(2)).toBe(20);
    expect(heights.offset(3)).toBe(70);
    expect(heights.offset(2_000)).toBe(20_050);
    expect(heights.indexAt(69, 5_000)).toBe(2);
    expect(heights.indexAt(70, 5_000)).toBe(3);
    expect(heights.indexAt(20_050, 5_000)).toBe(2_000);
  });
});
