import type { QueryOf } from '@node3/shared/contract';
import { limits } from '@node3/shared/limits';
import type { bacalhauJobHistory } from '@node3/shared/routes/bacalhau';
import type { BacalhauHistoryItem } from '@node3/shared/routes/bacalhau-models';
import type { Store } from '../../../store/store.ts';
import type { JobGroup } from './bacalhau-groups.ts';
import { toHistoryItem } from './bacalhau-mapping.ts';

type HistoryQuery = QueryOf<typeof bacalhauJobHistory>;

/** Read at once, of all partitions and versions together. */
const eventsPerRead = 1_000;
/** More are for the next page. */
const readsMax = 20;

/** A page of what happened to the jobs of some groups, in its order. */
export async function readHistory(
  { store }: { store: Pick<Store, 'eventsOfJobs'> },
  groups: readonly JobGroup[],
  query: Pick<
    HistoryQuery,
    'limit' | 'next_token' | 'since' | 'event_type' | 'execution_id' | 'reverse'
  >,
) {
  const shownAs = new Map(
    groups.flatMap(({ head, version, members }) =>
      members.map(({ jobId }) => [jobId, { jobId: head.jobId, version }] as const),
    ),
  );
  const jobIds = [...shownAs.keys()];
  const order = query.reverse === true ? ('newest' as const) : ('oldest' as const);
  const wanted = query.limit || limits.listPageMax;
  const items: BacalhauHistoryItem[] = [];
  let cursor = /^\d{1,15}$/.test(query.next_token ?? '') ? Number(query.next_token) : null;
  for (let reads = 0; reads < readsMax; reads += 1) {
    const page = { jobIds, order, cursorSeq: cursor, limit: eventsPerRead };
    const events = await store.eventsOfJobs(page);
    for (const event of events) {
      const shown = shownAs.get(event.jobId ?? '');
      const item = shown === undefined ? null : toHistoryItem(event, shown);
      if (item === null || !isWanted(item, query)) continue;
      if (items.length === wanted) return { Items: items, NextToken: tokenOf(items) };
      items.push(item);
    }
    if (events.length < eventsPerRead) return { Items: items, NextToken: '' };
    cursor = events.at(-1)?.seq ?? null;
  }
  return { Items: items, NextToken: String(cursor ?? '') };
}

function tokenOf(items: readonly BacalhauHistoryItem[]): string {
  return String(items.at(-1)?.SeqNum ?? '');
}

function isWanted(
  item: BacalhauHistoryItem,
  { since, event_type: type, execution_id: executionId }: HistoryQuery,
): boolean {
  if (since !== undefined && Date.parse(item.Time) < since * 1_000) return false;
  if (executionId && item.ExecutionID !== executionId) return false;
  if (type === 'job') return item.Type === 'JobLevel';
  return type !== 'execution' || item.Type === 'ExecutionLevel';
}
