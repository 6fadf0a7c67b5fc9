import type { JobState } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { OwnOverview } from '@node3/shared/routes/own-overview';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { listJobRows } from './list-jobs.ts';
import { summariseJobs } from './read-job.ts';

/** Which states are one to somebody who looks whether all is well. */
const groups = {
  pending: ['awaiting_funds', 'queued', 'assigned'],
  running: ['running'],
  succeeded: ['succeeded'],
  failed: ['failed', 'timed_out', 'expired'],
  cancelled: ['cancelled'],
} as const satisfies Record<string, readonly JobState[]>;

type JobCounts = Record<keyof typeof groups, number>;

/** How many jobs an account has of each kind, each counted up to `jobsCountedMax`. */
export async function countOwnJobs(store: Store, accountId: string): Promise<JobCounts> {
  const counts = Object.entries(groups).map(async ([name, states]) => {
    const bounds = { accountId, states: [...states], beforeJobId: null, afterJobId: null };
    return [name, await store.countJobsOf(bounds, limits.jobsCountedMax)] as const;
  });
  return Object.fromEntries(await Promise.all(counts)) as JobCounts;
}

/** The newest jobs of an account, as they are stored. */
export async function recentJobs(
  store: Store,
  accountId: string,
  limit: number,
): Promise<JobRow[]> {
  return (await listJobRows({ store }, accountId, { limit })).jobs;
}

export async function readOwnOverview(
  { store }: { store: Store },
  accountId: string,
): Promise<OwnOverview> {
  const [counts, recent] = await Promise.all([
    countOwnJobs(store, accountId),
    recentJobs(store, accountId, limits.ownRecentJobs),
  ]);
  const all = Object.values(counts);
  return {
    total: all.reduce((sum, count) => sum + count, 0),
    ...counts,
    counted: all.some((count) => count >= limits.jobsCountedMax) ? 'part' : 'all',
    recent: await summariseJobs({ store }, recent),
  };
}
