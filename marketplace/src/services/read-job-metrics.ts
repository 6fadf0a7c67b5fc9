import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { JobState } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { JobFigures, JobMetrics, MetricsRange } from '@node3/shared/routes/job-metrics';
import { toTimestamp } from '@node3/shared/schema';
import { figuresOf } from '../domain/job-figures.ts';
import type { Store } from '../store/store.ts';
import type { EndedSum } from '../store/usage-store.ts';
import type { ProviderRegistry } from './provider-registry.ts';
import { readJobHistory, readJobTimes } from './read-job-history.ts';

interface Deps {
  store: Store;
  clock: Clock;
  providers: Pick<ProviderRegistry, 'find'>;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How far back, and in which steps; each begins at a full one in UTC. */
const ranges: Record<MetricsRange, { stepMs: number; steps: number }> = {
  '1h': { stepMs: 5 * minuteMs, steps: 12 },
  '24h': { stepMs: hourMs, steps: 24 },
  '7d': { stepMs: 6 * hourMs, steps: 28 },
  '30d': { stepMs: dayMs, steps: 30 },
};

/**
 * How jobs ended in a range, beside the one before it. Throws REQUEST_INVALID where they are too many
 * to look at. @param accountId null: those of everybody.
 */
export async function readJobMetrics(
  deps: Deps,
  accountId: string | null,
  range: MetricsRange,
): Promise<JobMetrics> {
  const { stepMs, steps } = ranges[range];
  const nowMs = deps.clock.nowMs();
  const last = Math.floor(nowMs / stepMs);
  const first = last - steps + 1;
  const bounds = { fromMs: (first - steps) * stepMs, beforeMs: (last + 1) * stepMs };
  const search = { accountId, ...bounds, spanMs: stepMs };
  const sums = await readJobHistory(deps, search);
  const times = sums === null ? null : await readJobTimes(deps, search);
  if (sums === null || times === null) {
    const detail = 'has more jobs than one answer may count; ask for a shorter one';
    throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/range', detail }] });
  }
  const between = (from: number, to: number): JobFigures => {
    const isIn = ({ span }: { span: number }) => span >= from && span <= to;
    return figuresOf(sums.filter(isIn), times.filter(isIn));
  };
  const now = sums.filter(({ span }) => span >= first);
  return {
    range,
    from: toTimestamp(first * stepMs),
    to: toTimestamp(nowMs),
    stepMs,
    open: await countOpen(deps, accountId),
    ended: countByState(now),
    total: between(first, last),
    before: between(first - steps, first - 1),
    providers: providersOf(deps, now),
    steps: Array.from({ length: steps }, (_, index) => ({
      from: toTimestamp((first + index) * stepMs),
      ...between(first + index, first + index),
    })),
  };
}

/** Of the last 24 hours to the minute; null where they are too many to look at. */
export async function readLastDay(deps: Deps): Promise<JobFigures | null> {
  const nowMs = deps.clock.nowMs();
  const bounds = { fromMs: nowMs - dayMs, beforeMs: nowMs + 1 };
  const search = { accountId: null, ...bounds, spanMs: dayMs };
  const sums = await readJobHistory(deps, search);
  const times = sums === null ? null : await readJobTimes(deps, search);
  return sums === null || times === null ? null : figuresOf(sums, times);
}

function countByState(sums: readonly EndedSum[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state, jobs } of sums) counts[state] = (counts[state] ?? 0) + jobs;
  return counts;
}

function providersOf({ providers }: Deps, sums: readonly EndedSum[]): JobMetrics['providers'] {
  const byProvider = Map.groupBy(sums, ({ providerId }) => providerId);
  const add = (own: readonly EndedSum[], of: (sum: EndedSum) => number) =>
    own.reduce((all, sum) => all + of(sum), 0);
  return [...byProvider]
    .map(([providerId, own]) => ({
      providerId,
      provider: providerId === null ? null : (providers.find(providerId)?.name ?? providerId),
      jobs: add(own, ({ jobs }) => jobs),
      succeeded: add(own, ({ state, jobs }) => (state === 'succeeded' ? jobs : 0)),
      runMs: add(own, ({ runMs }) => runMs),
      timedRuns: add(own, ({ timedRuns }) => timedRuns),
    }))
    .toSorted((a, b) => b.jobs - a.jobs);
}

const openStates: JobState[] = ['awaiting_funds', 'queued', 'assigned', 'running'];

async function countOpen({ store }: Deps, accountId: string | null) {
  if (accountId === null) {
    const counts = await store.countJobs();
    return Object.fromEntries(openStates.map((state) => [state, counts[state]]));
  }
  const counts = await Promise.all(
    openStates.map(async (state) => {
      const bounds = { accountId, states: [state], beforeJobId: null, afterJobId: null };
      return [state, await store.countJobsOf(bounds, limits.jobsCountedMax)] as const;
    }),
  );
  return Object.fromEntries(counts);
}
