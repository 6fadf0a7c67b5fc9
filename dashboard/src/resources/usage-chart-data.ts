import type { UsagePoint } from '@node3/shared/execution-usage';
import type { JobResources } from '@node3/shared/routes/job-resources';

/** A gap is what nobody measured for longer than this many intervals. */
const gapIntervals = 2.5;

/** A run that was read for less than its time by more than this has lost readings. */
const unreadMs = 60_000;

export interface UnreadTimes {
  /** From when on there are readings, where the run began well before; null: from its start. */
  since: string | null;
  /** The last reading, where the run went on well after it; null: to its end, or now. */
  until: string | null;
}

/** What of a run nobody can tell: a marketplace that ends takes its readings with it. */
export function unreadTimes(
  {
    points,
    intervalMs,
    startedAt,
    finishedAt,
  }: Pick<JobResources, 'points' | 'intervalMs' | 'startedAt' | 'finishedAt'>,
  nowMs: number,
): UnreadTimes {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return { since: null, until: null };
  // A point is where its interval begins.
  const slackMs = unreadMs + (intervalMs ?? 0);
  const endMs = finishedAt === null ? nowMs : Date.parse(finishedAt);
  const isLate = startedAt !== null && Date.parse(first.at) - Date.parse(startedAt) > slackMs;
  const isShort = endMs - Date.parse(last.at) > slackMs;
  return { since: isLate ? first.at : null, until: isShort ? last.at : null };
}

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
