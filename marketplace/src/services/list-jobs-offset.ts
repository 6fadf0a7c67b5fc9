import { limits } from '@node3/shared/limits';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { type ListQuery, listJobRows } from './list-jobs.ts';

type Search = Omit<ListQuery, 'limit' | 'cursor' | 'count' | 'fields'>;

/**
 * One page of an account's jobs for callers that count from the newest on: what lies before it is read
 * and left out. A search in names is counted where this page is its last: `total` is null elsewhere.
 */
export async function listJobsAtOffset(
  deps: { store: Store },
  accountId: string,
  search: Search,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ jobs: JobRow[]; total: number | null }> {
  const jobs: JobRow[] = [];
  let total: number | null = null;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listJobRows>> = await listJobRows(deps, accountId, {
      ...search,
      limit: Math.min(limits.listPageMax, offset + limit - jobs.length),
      ...(cursor === null ? { count: search.q === undefined } : { cursor }),
    });
    jobs.push(...page.jobs);
    total ??= page.total ?? null;
    cursor = page.nextCursor;
  } while (cursor !== null && jobs.length < offset + limit);
  if (cursor === null) total ??= jobs.length;
  return { jobs: jobs.slice(offset, offset + limit), total };
}
