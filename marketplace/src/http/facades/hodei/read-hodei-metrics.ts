import type { ReplyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { type JobState, jobStates } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { HodeiRange, hodeiMetrics, hodeiStats } from '@node3/shared/routes/hodei-platform';
import { toTimestamp } from '@node3/shared/schema';
import { toHodeiState } from '../../../domain/hodei-words.ts';
import { readJobHistory } from '../../../services/read-job-history.ts';
import { countOwnJobs, recentJobs } from '../../../services/read-own-overview.ts';
import { countWorkers } from '../../../services/read-providers.ts';
import type { EndedSum } from '../../../store/usage-store.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { viewHodeiJobs } from './hodei-job-routes.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How far back, and in which steps. */
const ranges: Record<HodeiRange, { spanMs: number; spans: number }> = {
  '1H': { spanMs: 5 * minuteMs, spans: 12 },
  '24H': { spanMs: hourMs, spans: 24 },
  '7D': { spanMs: 6 * hourMs, spans: 28 },
  '30D': { spanMs: dayMs, spans: 30 },
};

type Metrics = ReplyOf<typeof hodeiMetrics>['data'];
type Stats = ReplyOf<typeof hodeiStats>['data'];

/** Steps begin at full hours, days and so on; the last one is the one that is under way. */
export async function readHodeiMetrics(
  deps: HttpDeps,
  accountId: string,
  range: HodeiRange,
): Promise<Metrics> {
  const { spanMs, spans } = ranges[range];
  const last = Math.floor(deps.clock.nowMs() / spanMs);
  const first = last - spans + 1;
  const bounds = { fromMs: (first - spans) * spanMs, beforeMs: (last + 1) * spanMs };
  const sums = await readJobHistory(deps, { accountId, ...bounds, spanMs });
  if (sums === null) {
    const detail = 'has more jobs than one answer may count; ask for a shorter one';
    throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/range', detail }] });
  }
  const now = sums.filter(({ span }) => span >= first);
  const byProvider = Map.groupBy(now, ({ providerId }) => providerId);
  const nameOf = (providerId: string | null) =>
    providerId === null ? null : (deps.providers.find(providerId)?.name ?? providerId);
  return {
    range,
    from: toTimestamp(first * spanMs),
    to: toTimestamp(bounds.beforeMs),
    total: figuresOf(now),
    before: figuresOf(sums.filter(({ span }) => span < first)),
    jobs_by_state: await countByState(deps, accountId, now),
    by_provider: [...byProvider]
      .map(([providerId, own]) => ({ provider: nameOf(providerId), ...figuresOf(own) }))
      .toSorted((a, b) => b.jobs - a.jobs),
    trend: Array.from({ length: spans }, (_, index) => ({
      from: toTimestamp((first + index) * spanMs),
      ...figuresOf(now.filter(({ span }) => span === first + index)),
    })),
  };
}

function figuresOf(sums: readonly EndedSum[]): Metrics['total'] {
  const add = (of: (sum: EndedSum) => number) => sums.reduce((all, sum) => all + of(sum), 0);
  const jobs = add((sum) => sum.jobs);
  const succeeded = add((sum) => (sum.state === 'succeeded' ? sum.jobs : 0));
  const timedRuns = add((sum) => sum.timedRuns);
  return {
    jobs,
    success_rate: jobs === 0 ? null : succeeded / jobs,
    mean_duration_ms: timedRuns === 0 ? null : add((sum) => sum.runMs) / timedRuns,
  };
}

const openStates: JobState[] = ['awaiting_funds', 'queued', 'assigned', 'running'];

async function countByState(deps: HttpDeps, accountId: string, ended: readonly EndedSum[]) {
  const counts: Record<string, number> = Object.fromEntries(
    jobStates.map((state) => [toHodeiState(state), 0]),
  );
  const note = (state: JobState, jobs: number) => {
    const word = toHodeiState(state);
    counts[word] = (counts[word] ?? 0) + jobs;
  };
  for (const { state, jobs } of ended) note(state, jobs);
  for (const state of openStates) note(state, await countOwn(deps, accountId, [state]));
  return counts;
}

function countOwn({ store }: HttpDeps, accountId: string, states: JobState[]): Promise<number> {
  const bounds = { accountId, states, beforeJobId: null, afterJobId: null };
  return store.countJobsOf(bounds, limits.jobsCountedMax);
}

/** As many as Hodei's first page shows. */
const recentShown = 5;

export async function readHodeiStats(deps: HttpDeps, accountId: string): Promise<Stats> {
  const [counts, recent, workers] = await Promise.all([
    countOwnJobs(deps.store, accountId),
    recentJobs(deps.store, accountId, recentShown),
    countWorkers(deps),
  ]);
  const { succeeded: success, ...others } = counts;
  const all = [...workers.values()];
  const sum = (of: 'online' | 'registered' | 'slots' | 'busySlots') =>
    all.reduce((total, one) => total + one[of], 0);
  const [online, registered] = [sum('online'), sum('registered')];
  const partly = online < registered ? 'degraded' : 'healthy';
  return {
    total: Object.values(counts).reduce((total, count) => total + count, 0),
    ...others,
    success,
    system_health: {
      status: online === 0 ? 'unhealthy' : partly,
      workers_online: online,
      workers_total: registered,
      slots: sum('slots'),
      busy_slots: sum('busySlots'),
    },
    recent_executions: await viewHodeiJobs(deps, recent),
  };
}
