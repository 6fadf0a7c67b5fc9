import { usageLimits } from '@node3/shared/usage-limits';
import { describe, expect, it } from 'vitest';
import { UsageSeries } from './usage-series.ts';

const none = {
  cpuCores: null,
  memoryBytes: null,
  gpuUtilizationRatio: null,
  gpuMemoryBytes: null,
};

describe('what an execution used', () => {
  it('is one point for each interval that was read, and gaps stay gaps', () => {
    const series = new UsageSeries();
    series.add(10_000, { ...none, cpuCores: 1, memoryBytes: 100 });
    series.add(11_000, { ...none, cpuCores: 2, memoryBytes: 300 });
    series.add(60_000, { ...none, memoryBytes: 50 });
    const { points, intervalMs, summary } = series.view();
    expect(intervalMs).toBe(2_000);
    expect(points).toEqual([
      { ...none, at: '1970-01-01T00:00:10.000Z', cpuCores: 1.5, memoryBytes: 200 },
      { ...none, at: '1970-01-01T00:01:00.000Z', memoryBytes: 50 },
    ]);
    expect(summary).toEqual({
      readings: 3,
      cpuCoresMean: 1.5,
      cpuCoresPeak: 2,
      memoryBytesPeak: 300,
      gpuUtilizationRatioMean: null,
      gpuUtilizationRatioPeak: null,
      gpuMemoryBytesPeak: null,
    });
  });

  it('tells of the points that changed, and of all once intervals are longer', () => {
    const series = new UsageSeries();
    const add = (atMs: number) => series.add(atMs, { ...none, cpuCores: 1 });
    const times = (readings: number) => series.since(readings).usage.points.map(({ at }) => at);
    for (const atMs of [0, 2_000, 2_500]) add(atMs);
    expect(series.since(0)).toMatchObject({ whole: true, usage: series.view() });
    // The second interval goes on, so its point is another one.
    expect(times(2)).toEqual(['1970-01-01T00:00:02.000Z']);
    expect(series.since(2)).toMatchObject({ whole: false, usage: { summary: { readings: 3 } } });
    expect(times(3)).toEqual([]);
    // Whoever knows more than there is was told by a process that is gone.
    expect(series.since(4).whole).toBe(true);
    for (let index = 2; index <= usageLimits.usagePointsPerExecution; index += 1)
      add(index * 2_000);
    const readings = usageLimits.usagePointsPerExecution + 2;
    expect(series.view()).toMatchObject({ intervalMs: 4_000, summary: { readings } });
    expect(series.since(readings - 1)).toMatchObject({ whole: true, usage: series.view() });
    add(usageLimits.usagePointsPerExecution * 2_000 + 4_000);
    expect(series.since(readings + 1)).toMatchObject({ whole: false, usage: { points: [] } });
    add(usageLimits.usagePointsPerExecution * 2_000 + 8_000);
    expect(times(readings + 1)).toHaveLength(1);
  });

  it('stays within its bounds however long it runs, and keeps peaks and means', () => {
    const series = new UsageSeries();
    for (let index = 0; index < 10_000; index += 1) {
      const cpuCores = index === 777 ? 9 : 1;
      series.add(index * 2_000, { ...none, cpuCores, gpuUtilizationRatio: 0.5 });
    }
    expect(series.view().points.length).toBeLessThanOrEqual(usageLimits.usagePointsPerExecution);
    const { points, intervalMs, summary } = series.view();
    expect(intervalMs).toBe(64_000);
    expect(points[0]?.at).toBe('1970-01-01T00:00:00.000Z');
    expect(summary).toMatchObject({ cpuCoresPeak: 9, gpuUtilizationRatioMean: 0.5 });
    series.shrink();
    expect(series.view().points.length).toBeLessThanOrEqual(usageLimits.usagePointsStored);
    expect(series.view().summary).toEqual(summary);
  });

  it('leaves out a reading that comes too late to be in order', () => {
    const series = new UsageSeries();
    series.add(10_000, { ...none, cpuCores: 1 });
    series.add(2_000, { ...none, cpuCores: 5 });
    expect(series.view().summary.cpuCoresPeak).toBe(1);
  });
});
