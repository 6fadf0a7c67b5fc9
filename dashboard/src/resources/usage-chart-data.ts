import type { UsagePoint } from '@node3/shared/execution-usage';

/** A gap is what nobody measured for longer than this many intervals. */
const gapIntervals = 2.5;

export interface UsageLines {
  /** Milliseconds since the epoch, as many as each line has points. */
  times: number[];
  values: Record<keyof Omit<UsagePoint, 'at'>, (number | null)[]>;
}

/** Points as lines; where nothing was measured for a while there is a point without a value. */
export function toLines(points: readonly UsagePoint[], intervalMs: number): UsageLines {
  const lines: UsageLines = {
    times: [],
    values: { cpuCores: [], memoryBytes: [], gpuUtilizationRatio: [], gpuMemoryBytes: [] },
  };
  const names = ['cpuCores', 'memoryBytes', 'gpuUtilizationRatio', 'gpuMemoryBytes'] as const;
  const add = (atMs: number, point: UsagePoint | null) => {
    lines.times.push(atMs);
    for (const name of names) lines.values[name].push(point?.[name] ?? null);
  };
  // Agents read every two seconds at most, and their readings are not in step with the intervals.
  const gapMs = Math.max(intervalMs * gapIntervals, 6_000);
  for (const point of points) {
    const atMs = Date.parse(point.at);
    const before = lines.times.at(-1);
    if (before !== undefined && atMs - before > gapMs) add(before + intervalMs, null);
    add(atMs, point);
  }
  return lines;
}
