import type { QueryOf } from '@node3/shared/contract';
import { limits } from '@node3/shared/limits';
import type { bacalhauJobHistory } from '@node3/shared/routes/bacalhau';
import type { Store } from '../../../store/store.ts';
import type { JobGroup } from './bacalhau-groups.ts';
import { historyNames, toHistoryItem } from './bacalhau-mapping.ts';

type HistoryQuery = QueryOf<typeof bacalhauJobHistory>;

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
  const wanted = query.limit || limits.listPageMax;
  const { since, execution_id: executionId } = query;
  const found = await store.eventsOfJobs({
    jobIds: [...shownAs.keys()],
    order: query.reverse === true ? 'newest' : 'oldest',
    cursorSeq: /^\d{1,15}$/.test(query.next_token ?? '') ? Number(query.next_token) : null,
    limit: wanted + 1,
    names: namesOf(query),
    sinceMs: since === undefined ? null : since * 1_000,
    executionId: executionId || null,
  });
  const items = found.slice(0, wanted).flatMap((event) => {
    const shown = shownAs.get(event.jobId ?? '');
    return shown === undefined ? [] : (toHistoryItem(event, shown) ?? []);
  });
  const last = found.length > wanted ? found[wanted - 1] : undefined;
  return { Items: items, NextToken: String(last?.seq ?? '') };
}

/** What is of the job's level is of no execution. */
function namesOf({
  event_type: type,
  execution_id: executionId,
}: Pick<HistoryQuery, 'event_type' | 'execution_id'>): string[] {
  if (type === 'job') return executionId ? [] : historyNames('JobLevel');
  return historyNames(type === 'execution' || executionId ? 'ExecutionLevel' : null);
}
