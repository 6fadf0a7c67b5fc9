import { limits } from '@node3/shared/limits';
import { baseUnits } from '@node3/shared/money';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import type { PricedRun, PriceStore } from '../store/price-store.ts';
import { l40s } from '../testing/test-devices.ts';
import { PriceDays } from './price-days.ts';

const dayMs = 86_400_000;
const today = 20_000;
const key = 'l40s simulated USDC';

function run(day: number, number: number, rate: bigint): PricedRun {
  return {
    executionId: `exe_${String(number).padStart(6, '0')}`,
    finishedAtMs: day * dayMs + number,
    devices: [l40s],
    asset: 'USDC',
    charged: true,
    rate: baseUnits(rate),
    spec: null,
  };
}

function given(runs: PricedRun[]) {
  const clock = new ManualClock(today * dayMs + 600_000);
  const reads: number[] = [];
  const store: PriceStore = {
    async pricedRuns({ after, beforeMs, limit }) {
      reads.push(Math.floor(after.finishedAtMs / dayMs));
      const isAfter = ({ finishedAtMs, executionId }: PricedRun) =>
        finishedAtMs > after.finishedAtMs ||
        (finishedAtMs === after.finishedAtMs && executionId > after.executionId);
      return runs
        .filter((one) => isAfter(one) && one.finishedAtMs < beforeMs)
        .toSorted((a, b) => a.finishedAtMs - b.finishedAtMs)
        .slice(0, limit);
    },
  };
  return { clock, reads, runs, days: new PriceDays(store, clock) };
}

describe('prices by day', () => {
  it('are those of every day by itself, with the days between that have none', async () => {
    const { days } = given([run(today - 2, 1, 40n), run(today - 2, 2, 60n), run(today, 3, 50n)]);
    const read = await days.read();
    expect(read).toHaveLength(limits.priceDaysMax);
    const medians = read.slice(0, 4).map(({ prices }) => prices.get(key)?.spread.median ?? null);
    expect(medians).toEqual([50n, null, 40n, null]);
    expect(read[2]?.prices.get(key)).toMatchObject({ jobs: 2, spread: { low: 40n, high: 60n } });
  });

  it('are read once for a day that is over, and again for today, but not at once', async () => {
    const { clock, days, reads, runs } = given([run(today - 1, 1, 40n)]);
    await days.read();
    runs.push(run(today, 2, 70n));
    expect((await days.read())[0]?.prices.get(key)).toBeUndefined();
    clock.advance(60_000);
    reads.length = 0;
    expect((await days.read())[0]?.prices.get(key)).toMatchObject({ jobs: 1 });
    expect(reads).toEqual([today]);
  });

  it('are none of runs that cost nothing, which are counted as looked at all the same', async () => {
    const free = Array.from({ length: limits.pricedRunsMax }, (_, number) => ({
      ...run(today - 1, number, 9n),
      charged: false,
      rate: null,
    }));
    const { days } = given([...free, run(today, 1, 50n), run(today - 2, 1, 40n)]);
    const read = await days.read();
    expect(read.map(({ day, runs }) => [today - day, runs])).toEqual([[0, 1]]);
  });

  it('go back only as far as so many runs do, whole days at a time', async () => {
    const many = Array.from({ length: limits.pricedRunsMax - 1 }, (_, number) =>
      run(today - 1, number, 1n),
    );
    const { days } = given([...many, run(today - 2, 1, 1n), run(today - 2, 2, 1n)]);
    expect((await days.read()).map(({ day }) => today - day)).toEqual([0, 1]);
  });
});
