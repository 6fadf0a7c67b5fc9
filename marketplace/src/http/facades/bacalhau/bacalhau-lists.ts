import { setImmediate } from 'node:timers/promises';
import type { QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { idPattern } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { bacalhauListJobs } from '@node3/shared/routes/bacalhau';
import type { JobRow } from '../../../store/rows.ts';
import type { Store } from '../../../store/store.ts';
import { refusal } from './bacalhau-errors.ts';
import { groupOf, isHead, type JobGroup } from './bacalhau-groups.ts';
import { modifiedAtMs } from './bacalhau-job-view.ts';
import { defaultNamespace, namespaceOf, shownLabels } from './bacalhau-mapping.ts';
import { parseSelectors } from './label-selector.ts';

interface Deps {
  store: Store;
}

type Query = QueryOf<typeof bacalhauListJobs>;

interface GroupPage {
  groups: JobGroup[];
  /** Empty at the end. */
  nextToken: string;
}

/**
 * A page of an account's jobs, oldest first unless `reverse`. Stops after so many jobs looked at; the token
 * then is where to go on. Throws REQUEST_INVALID.
 */
export async function listGroups(deps: Deps, accountId: string, query: Query): Promise<GroupPage> {
  if (query.order_by === 'modified_at') return listModified(deps, accountId, query);
  const order = query.reverse === true ? 'newest' : 'oldest';
  const cursor = readToken(query.next_token, new RegExp(idPattern('job')));
  const wanted = query.limit || limits.listPageDefault;
  const { heads, nextToken } = await findHeads(deps, accountId, query, { order, cursor, wanted });
  return { groups: await groupsOf(deps, heads), nextToken };
}

/** No index has them in this order: it is for who has no more jobs than one request looks at. */
async function listModified(deps: Deps, accountId: string, query: Query): Promise<GroupPage> {
  const offset = Number(readToken(query.next_token, /^\d{1,6}$/) ?? 0);
  const all = { order: 'newest', cursor: null, wanted: limits.jobsPerListScan } as const;
  const { heads, nextToken } = await findHeads(deps, accountId, query, all);
  if (nextToken !== '') {
    const detail = `/order_by can't be modified_at where there are more than ${limits.jobsPerListScan} jobs`;
    throw refusal('REQUEST_INVALID', detail, 'Order them by created_at, or name labels.');
  }
  const sign = query.reverse === true ? -1 : 1;
  const groups = (await groupsOf(deps, heads)).toSorted(
    (a, b) => sign * (modifiedAtMs(a.members) - modifiedAtMs(b.members)),
  );
  const end = offset + (query.limit || limits.listPageDefault);
  return {
    groups: groups.slice(offset, end),
    nextToken: end < groups.length ? String(end) : '',
  };
}

interface Scan {
  order: 'newest' | 'oldest';
  cursor: string | null;
  wanted: number;
}

async function findHeads(
  deps: Deps,
  accountId: string,
  query: Query,
  { order, cursor: start, wanted }: Scan,
): Promise<{ heads: JobRow[]; nextToken: string }> {
  const fits = filterOf(query);
  const from = order === 'oldest' ? 'afterJobId' : 'beforeJobId';
  const bounds = { accountId, states: null, beforeJobId: null, order, limit: limits.listPageMax };
  const heads: JobRow[] = [];
  let cursor = start;
  for (let looked = 0; looked < limits.jobsPerListScan; looked += limits.listPageMax) {
    const page = await deps.store.listJobs({
      ...bounds,
      ...(cursor !== null && { [from]: cursor }),
    });
    for (const job of page) {
      const isFit = fits(job) && (await isHead(deps, job));
      if (isFit && heads.length === wanted) return { heads, nextToken: cursor ?? '' };
      if (isFit) heads.push(job);
      cursor = job.jobId;
    }
    if (page.length < limits.listPageMax) return { heads, nextToken: '' };
    // Specs can be large: nobody else waits for more than one page of them.
    await setImmediate();
  }
  return { heads, nextToken: cursor ?? '' };
}

/** `*` is every namespace. */
function filterOf({ namespace, labels }: Query): (job: JobRow) => boolean {
  const wanted = namespace || defaultNamespace;
  const fits = parseSelectors(labels);
  return (job) =>
    (wanted === '*' || namespaceOf(job) === wanted) && fits(shownLabels(job.spec.labels));
}

async function groupsOf(deps: Deps, heads: readonly JobRow[]): Promise<JobGroup[]> {
  return Promise.all(heads.map((head) => groupOf(deps, head)));
}

/** null without one. */
function readToken(token: string | undefined, pattern: RegExp): string | null {
  if (token === undefined || token === '') return null;
  if (pattern.test(token)) return token;
  const detail = 'is no token of this list; take NextToken of the page before';
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/next_token', detail }] });
}
