import type { UsagePoint, UsageSummary } from '@node3/shared/execution-usage';
import { toTimestamp } from '@node3/shared/schema';
import { usageLimits } from '@node3/shared/usage-limits';
import { measured, type StoredUsage, type UsageCounts } from './usage-series.ts';

/** Two readings of one execution that different processes were told, such as before and after a failover. */
export function joinUsage(one: StoredUsage, other: StoredUsage): StoredUsage {
  // Intervals double, so that the longer one is a multiple of the other.
  let intervalMs = Math.max(one.intervalMs, other.intervalMs);
  const all = [...one.points, ...other.points].toSorted((a, b) => (a.at < b.at ? -1 : 1));
  let points = inIntervals(all, intervalMs);
  while (points.length > usageLimits.usagePointsStored) {
    intervalMs *= 2;
    points = inIntervals(points, intervalMs);
  }
  const counts = Object.fromEntries(
    measured.map((name) => [name, countOf(one, name) + countOf(other, name)]),
  ) as unknown as UsageCounts;
  return { intervalMs, points, counts, summary: joinSummaries(one, other) };
}

/** Of points in one interval the mean: each of them is one itself. */
function inIntervals(points: readonly UsagePoint[], intervalMs: number): UsagePoint[] {
  const groups = Map.groupBy(points, ({ at }) => Math.floor(Date.parse(at) / intervalMs));
  return [...groups].map(([number, group]) => {
    const mean = (name: (typeof measured)[number]) => {
      const values = group.flatMap((point) => point[name] ?? []);
      return values.length === 0 ? null : thousandths(sum(values) / values.length);
    };
    return {
      at: toTimestamp(number * intervalMs),
      cpuCores: mean('cpuCores'),
      memoryBytes: whole(mean('memoryBytes')),
      gpuUtilizationRatio: mean('gpuUtilizationRatio'),
      gpuMemoryBytes: whole(mean('gpuMemoryBytes')),
    };
  });
}

function joinSummaries(one: StoredUsage, other: StoredUsage): UsageSummary {
  const [a, b] = [one.summary, other.summary];
  const mean = (
    name: 'cpuCoresMean' | 'gpuUtilizationRatioMean',
    of: 'cpuCores' | 'gpuUtilizationRatio',
  ) => {
    const [left, right] = [a[name], b[name]];
    if (left === null || right === null) return left ?? right;
    const [leftCount, rightCount] = [countOf(one, of), countOf(other, of)];
    return thousandths((left * leftCount + right * rightCount) / (leftCount + rightCount));
  };
  const peak = (name: keyof UsageSummary) => {
    const [left, right] = [a[name], b[name]];
    return left === null || right === null ? (left ?? right) : Math.max(left, right);
  };
  return {
    readings: a.readings + b.readings,
    cpuCoresMean: mean('cpuCoresMean', 'cpuCores'),
    cpuCoresPeak: peak('cpuCoresPeak'),
    memoryBytesPeak: peak('memoryBytesPeak'),
    gpuUtilizationRatioMean: mean('gpuUtilizationRatioMean', 'gpuUtilizationRatio'),
    gpuUtilizationRatioPeak: peak('gpuUtilizationRatioPeak'),
    gpuMemoryBytesPeak: peak('gpuMemoryBytesPeak'),
  };
}

/** What was stored by an earlier version has no counts: all its readings stand for them. */
function countOf({ counts, summary }: StoredUsage, name: keyof UsageCounts): number {
  return counts?.[name] ?? summary.readings;
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
const thousandths = (value: number) => Math.round(value * 1_000) / 1_000;
const whole = (value: number | null) => (value === null ? null : Math.round(value));
