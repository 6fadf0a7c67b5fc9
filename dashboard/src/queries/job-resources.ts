import { getJobResources } from '@node3/shared/routes/job-resources';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';
import { jobKey } from './jobs.ts';

/** Readings come with the heartbeats of the agent, every ten seconds. */
const refreshMs = 5_000;

/** @param attempt null for the latest. */
export function jobResourcesQuery({ client }: App, jobId: string, attempt: number | null) {
  return queryOptions({
    queryKey: [...jobKey(jobId), 'resources', attempt],
    queryFn: ({ signal }) => {
      const query = attempt === null ? {} : { attempt };
      return client.call(getJobResources, { params: { jobId }, query }, { signal });
    },
    refetchInterval: ({ state: { data } }) => (data?.live === false ? false : refreshMs),
  });
}
