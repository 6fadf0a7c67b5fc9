import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApp } from '../../app-context.tsx';
import { useChannelRefresh, usePollMs } from '../../live/use-stream.ts';
import { jobsQuery, newerJobsQuery, ownJobsKey } from '../../queries/jobs.ts';
import { useNow } from '../../use-now.ts';
import { isByEnd, type JobsSearch, jobsApiQuery } from './jobs-search.ts';

/** Days change at midnight; nothing else of a filter goes with the time. */
const dayCheckMs = 60_000;

/**
 * The page of jobs that the address asks for. Its rows change as their jobs do; jobs that are posted
 * meanwhile are counted, and come in when `showNew` is called, so that no row moves by itself.
 */
export function useJobList({ cursor, ...search }: JobsSearch) {
  const app = useApp();
  const queryClient = useQueryClient();
  const refetchInterval = usePollMs();
  useChannelRefresh('jobs', ownJobsKey);
  const filter = jobsApiQuery(search, useNow(dayCheckMs));
  const key = JSON.stringify([filter, cursor]);
  const [pinned, setPinned] = useState<{ key: string; top: string | null }>({ key, top: null });
  // A list by end begins with what ends now: nothing is held back for it.
  const isPinned = !isByEnd(search);
  const top = pinned.key === key ? pinned.top : null;
  const newer = useQuery({ ...newerJobsQuery(app, filter, top), refetchInterval });
  const newIds = newer.data?.jobIds ?? [];
  // The oldest that isn't shown: what the API lists after it begins with the first row that is.
  const from = cursor ?? newIds[0];
  const query = useQuery({
    ...jobsQuery(app, { ...filter, ...(from !== undefined && { cursor: from }) }),
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  // What an earlier visit had read is shown meanwhile, but is not where this one stands still.
  const isRead = query.isFetchedAfterMount && !query.isPlaceholderData;
  const first = isRead ? query.data?.data[0]?.jobId : undefined;
  if (isPinned && cursor === undefined && top === null && first !== undefined) {
    setPinned({ key, top: first });
  }
  const rows = query.data?.data ?? [];
  return {
    query,
    rows: top === null ? rows : rows.filter((job) => job.jobId <= top),
    newJobs: { count: newIds.length, isAll: newer.data?.isAll ?? true },
    showNew: () => {
      queryClient.removeQueries({ queryKey: jobsQuery(app, filter).queryKey, exact: true });
      setPinned({ key, top: null });
    },
  };
}
