import { describe, expect, it } from 'vitest';
import { dataWithin, factsOf, lonePoints, niceTop, spansOf } from './chart-data.ts';

it('tells a series in numbers, and nothing of one that has none', () => {
  expect(factsOf([3, null, 1, 2])).toEqual({ last: 2, low: 1, high: 3, total: 6 });
  expect(factsOf([0, null])).toEqual({ last: 0, low: 0, high: 0, total: 0 });
  expect(factsOf([null, null])).toBeNull();
});

it('joins what is marked side by side, and ends a span at a gap', () => {
  const times = [0, 10, 20, 30, 40, 50];
  expect(spansOf(times, [0, 1, 0.5, null, 1, 0])).toEqual([
    { fromMs: 10, toMs: 30 },
    { fromMs: 40, toMs: 50 },
  ]);
});

it('finds values that no line goes through', () => {
  expect(lonePoints([4, null, 0, null, 1, 2, null, 3])).toEqual([0, 2, 7]);
  expect(lonePoints([1])).toEqual([0]);
  expect(lonePoints([null, 1, 2])).toEqual([]);
  expect(lonePoints([])).toEqual([]);
});

it('finds a round top of an axis', () => {
  expect([0, 0.034, 7, 10, 11, 260].map(niceTop)).toEqual([1, 0.05, 10, 10, 20, 500]);
});

describe('the part of a chart within a span', () => {
  const data = {
    times: [1, 2, 3, 4, 5],
    series: [{ label: 'a', points: [10, null, 30, 40, 50] }],
    band: { label: 'b', low: [1, 2, 3, 4, 5], high: [6, 7, 8, 9, 10] },
  };

  it('has the points of each line at its times, ends included', () => {
    expect(dataWithin(data, { fromMs: 2, toMs: 4 })).toEqual({
      times: [2, 3, 4],
      series: [{ label: 'a', points: [null, 30, 40] }],
      band: { label: 'b', low: [2, 3, 4], high: [7, 8, 9] },
    });
  });

  it('is the whole where nothing is chosen', () => {
    expect(dataWithin(data, null)).toBe(data);
  });

  it('is never more than was asked for, be it one point or none', () => {
    const timesIn = (fromMs: number, toMs: number) => {
      const { band, series, times } = dataWithin(data, { fromMs, toMs });
      const counts = [series[0]?.points, band?.low, band?.high].map((points) => points?.length);
      expect(new Set(counts)).toEqual(new Set([times.length]));
      return times;
    };
    expect(timesIn(2.1, 3.9)).toEqual([3]);
    expect(timesIn(2.1, 2.9)).toEqual([]);
    expect(timesIn(9, 12)).toEqual([]);
    expect(timesIn(-9, 0)).toEqual([]);
  });
});
