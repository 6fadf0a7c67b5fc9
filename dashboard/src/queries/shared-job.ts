import { isTerminalJob } from '@node3/shared/job-state';
import { getSharedJob, getSharedLogs, listSharedArtifacts } from '@node3/shared/routes/job-links';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

/** A link to a job, as its address has it. */
export interface SharedLink {
  linkId: string;
  signature: string;
}

/** Every read is a use of the link, of which there may be few: nothing is read for the fun of it. */
const seldom = { refetchOnWindowFocus: false, refetchOnReconnect: false, staleTime: 60_000 };
const readMs = 5_000;
const linesShown = 200;

const requestOf = ({ linkId, signature }: SharedLink) => ({
  params: { linkId },
  query: { signature },
});

export function sharedJobQuery({ client }: App, link: SharedLink) {
  return queryOptions({
    queryKey: ['shared', link.linkId, 'job'],
    queryFn: ({ signal }) => client.call(getSharedJob, requestOf(link), { signal }),
    refetchInterval: ({ state: { data } }) =>
      data === undefined || isTerminalJob(data.state) ? false : readMs,
    ...seldom,
  });
}

/** The end of the log. */
export function sharedLogQuery({ client }: App, link: SharedLink) {
  const { params, query } = requestOf(link);
  const last = { ...query, last: linesShown, limit: linesShown };
  return queryOptions({
    queryKey: ['shared', link.linkId, 'log'],
    queryFn: ({ signal }) => client.call(getSharedLogs, { params, query: last }, { signal }),
    refetchInterval: ({ state: { data } }) => (data === undefined || data.ended ? false : readMs),
    ...seldom,
  });
}

export function sharedFilesQuery({ client }: App, link: SharedLink) {
  return queryOptions({
    queryKey: ['shared', link.linkId, 'files'],
    queryFn: ({ signal }) => client.call(listSharedArtifacts, requestOf(link), { signal }),
    ...seldom,
  });
}
