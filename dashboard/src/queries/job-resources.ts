import { getJobResources } from '@node3/shared/routes/job-resources';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';
import { jobKey } from './jobs.ts';

/** Readings come with the heartbeats of the agent, every ten seconds. */
const refreshMs = { asked: 5_000, told: 30_000 };

/**
 * @param attempt null for the latest.
 * @param news `told`: the socket brings them, and asking only makes sure.
 */
export function jobResourcesQuery(
  { client }: App,
  jobId: string,
  attempt: number | null,
  news: 'asked' | 'told',
) {
  return queryOptions({
    queryKey: [...jobKey(jobId), 'resources', attempt],
    queryFn: ({ signal }) => {
      const query = attempt === null ? {} : { attempt };
      return client.call(getJobResources, { params: { jobId }, query }, { signal });
    },
    refetchInterval: ({ state: { data } }) => (data?.live === false ? false : refreshMs[news]),
  });
}
