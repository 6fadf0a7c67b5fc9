import { describe, expect, it } from 'vitest';
import { chartOf } from './price-chart.ts';

const money = (amount: string) => ({ amount, asset: 'USDC' as const });
const price = {
  low: money('0.1'),
  quarter: money('0.2'),
  median: money('0.3'),
  threeQuarters: money('0.4'),
  high: money('0.5'),
};

describe('the chart of prices', () => {
  it('has every day, and nothing on those without jobs', () => {
    const days = [{ day: '2026-11-25', jobs: 3, price }];
    const words = { median: 'Median', band: 'Middle half', reference: 'Elsewhere' };
    const { band, series, times } = chartOf(
      { from: '2026-11-24', to: '2026-11-26', days, reference: null },
      words,
    );
    expect(times.map((atMs) => new Date(atMs).toISOString().slice(0, 10))).toEqual([
      '2026-11-24',
      '2026-11-25',
      '2026-11-26',
    ]);
    expect(series).toEqual([{ label: 'Median', points: [null, 0.3, null] }]);
    expect(band).toMatchObject({ low: [null, 0.2, null], high: [null, 0.4, null] });
    const seen = { currency: 'USD' as const, low: 0.1, median: 0.25, high: 1, offers: 3, seen: '' };
    expect(
      chartOf({ from: null, to: '2026-11-26', days: [], reference: seen }, words),
    ).toMatchObject({
      times: [Date.parse('2026-11-26')],
      series: [{ points: [null] }, { label: 'Elsewhere', points: [0.25] }],
    });
  });
});
