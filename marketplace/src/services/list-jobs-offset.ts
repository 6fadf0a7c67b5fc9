import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { JobSummary } from '@node3/shared/routes/jobs';
import type { Store } from '../store/store.ts';
import { type ListQuery, listJobs } from './list-jobs.ts';

type Search = Omit<ListQuery, 'limit' | 'cursor' | 'count' | 'fields'>;

/**
 * One page of an account's jobs for callers that count instead of keeping a cursor: what comes before
 * it is walked over. `total` is null for a search in names, where nothing but a walk over all jobs
 * would tell. Throws REQUEST_INVALID for an offset that is too far.
 */
export async function listJobsAtOffset(
  deps: { store: Store },
  accountId: string,
  search: Search,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ jobs: JobSummary[]; total: number | null }> {
  if (offset < 0 || offset > limits.jobsCountedMax) {
    const detail = `must be from 0 to ${limits.jobsCountedMax}; search for less instead`;
    throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/offset', detail }] });
  }
  const jobs: JobSummary[] = [];
  let cursor: string | null = null;
  let before = offset;
  let total: number | null = null;
  do {
    const wanted: number = Math.min(limits.listPageMax, before > 0 ? before : limit - jobs.length);
    const isFirst: boolean = cursor === null;
    const page: Awaited<ReturnType<typeof listJobs>> = await listJobs(deps, accountId, {
      ...search,
      limit: wanted,
      ...(cursor !== null && { cursor }),
      ...(isFirst && search.q === undefined && { count: true }),
    });
    if (isFirst) total = page.total ?? null;
    if (before > 0) before -= page.data.length;
    else jobs.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null && jobs.length < limit);
  return { jobs, total };
}
