import { describe, expect, it } from 'vitest';
import { toLines } from './usage-chart-data.ts';

const point = (sec: number, cpuCores: number | null) => ({
  at: new Date(sec * 1_000).toISOString(),
  cpuCores,
  memoryBytes: null,
  gpuUtilizationRatio: 0.5,
  gpuMemoryBytes: null,
});

describe('the lines of what a job used', () => {
  it('break where nothing was measured', () => {
    const lines = toLines([point(0, 1), point(2, 2), point(60, null), point(62, 3)], 2_000);
    expect(lines.times).toEqual([0, 2_000, 4_000, 60_000, 62_000]);
    expect(lines.values.cpuCores).toEqual([1, 2, null, null, 3]);
    expect(lines.values.gpuUtilizationRatio).toEqual([0.5, 0.5, null, 0.5, 0.5]);
    expect(lines.values.memoryBytes).toEqual([null, null, null, null, null]);
  });

  it('are empty of nothing', () => {
    expect(toLines([], 2_000).times).toEqual([]);
  });
});
