import { describe, expect, it } from 'vitest';
import { toLines, unreadTimes } from './usage-chart-data.ts';

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

describe('the time of a run that nobody read', () => {
  const at = (sec: number) => new Date(sec * 1_000).toISOString();
  const run = { intervalMs: 2_000, startedAt: at(0), finishedAt: at(300) };
  const until = (points: number[], more: object = {}) =>
    unreadTimes({ ...run, points: points.map((sec) => point(sec, 1)), ...more }, 900_000);

  it('is what came before the first reading, and after the last', () => {
    expect(until([10, 290])).toEqual({ since: null, until: null });
    expect(until([100, 290])).toEqual({ since: at(100), until: null });
    expect(until([10, 100])).toEqual({ since: null, until: at(100) });
    expect(until([10, 290], { finishedAt: null })).toEqual({ since: null, until: at(290) });
    expect(until([10, 880], { finishedAt: null })).toEqual({ since: null, until: null });
    expect(until([100], { startedAt: null })).toEqual({ since: null, until: at(100) });
    expect(until([])).toEqual({ since: null, until: null });
    expect(until([100, 180], { intervalMs: 128_000 })).toEqual({ since: null, until: null });
  });
});
