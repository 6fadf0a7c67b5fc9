import { usageLimits } from '@node3/shared/usage-limits';
import { expect, it } from 'vitest';
import { joinUsage } from './join-usage.ts';
import { UsageSeries } from './usage-series.ts';

const none = { cpuCores: null, memoryBytes: null, gpuUtilizationRatio: null, gpuMemoryBytes: null };

function seriesOf(fromMs: number, cores: readonly (number | null)[]) {
  const series = new UsageSeries();
  for (const [index, cpuCores] of cores.entries()) {
    series.add(fromMs + index * usageLimits.usageSampleMs, { ...none, cpuCores, memoryBytes: 100 });
  }
  return series.view();
}

it('is what one process would have seen that was told all of it', () => {
  const [before, after] = [seriesOf(0, [null, 1, 4]), seriesOf(6_000, [null, 2, 2, 2, 2])];
  const whole = seriesOf(0, [null, 1, 4, null, 2, 2, 2, 2]);
  expect(joinUsage(before, after)).toEqual(whole);
  expect(joinUsage(after, before)).toEqual(whole);
});

it('takes the longer interval of two, and stays worth a row', () => {
  const short = seriesOf(0, [1, 3]);
  const long = new UsageSeries();
  for (let index = 0; index < 1_000; index += 1) {
    long.add(60_000 + index * usageLimits.usageSampleMs, { ...none, cpuCores: index });
  }
  const joined = joinUsage(short, long.view());
  expect(joined.points.length).toBeLessThanOrEqual(usageLimits.usagePointsStored);
  expect(joined.points[0]).toMatchObject({ at: '1970-01-01T00:00:00.000Z', cpuCores: 2 });
  expect(joined.summary).toMatchObject({ readings: 1_002, cpuCoresPeak: 999 });
  expect(joined.summary.cpuCoresMean).toBeCloseTo((1 + 3 + 499_500) / 1_002, 2);
});
