import { isTerminalJob } from '@node3/shared/job-state';
import { listJobArtifacts } from '@node3/shared/routes/artifacts';
import { explainJob } from '@node3/shared/routes/explain';
import { getJob, type JobDetail, listJobs } from '@node3/shared/routes/jobs';
import { isTerminalPayout } from '@node3/shared/settlement-state';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';
import { isZeroMoney } from '../format.ts';

export const jobsPageSize = 25;

export interface JobsFilter {
  state?: string | undefined;
  cursor?: string | undefined;
}

export function jobsQuery({ client }: App, { state, cursor }: JobsFilter) {
  return queryOptions({
    queryKey: ['own', 'jobs', state ?? '', cursor ?? ''],
    queryFn: ({ signal }) => {
      const query = {
        limit: jobsPageSize,
        ...(state === undefined ? {} : { state }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      return client.call(listJobs, { query }, { signal });
    },
  });
}

export function jobKey(jobId: string) {
  return ['own', 'job', jobId] as const;
}

export function jobQuery({ client }: App, jobId: string) {
  return queryOptions({
    queryKey: jobKey(jobId),
    queryFn: ({ signal }) => client.call(getJob, { params: { jobId } }, { signal }),
  });
}

/** Under the job's own key, so that news of the job renew it too. */
export function explanationQuery({ client }: App, jobId: string) {
  return queryOptions({
    queryKey: [...jobKey(jobId), 'explanation'],
    queryFn: ({ signal }) => client.call(explainJob, { params: { jobId } }, { signal }),
  });
}

/** Its links work for an hour, so they are asked for again before. */
export function artifactsQuery({ client }: App, jobId: string) {
  return queryOptions({
    queryKey: [...jobKey(jobId), 'artifacts'],
    queryFn: ({ signal }) => client.call(listJobArtifacts, { params: { jobId } }, { signal }),
    refetchInterval: 1_800_000,
  });
}

/** Whether nothing about the job, money included, can change any more. */
export function isSettled(job: JobDetail): boolean {
  if (!isTerminalJob(job.state)) return false;
  const { state, payout, providerShare } = job.settlement;
  if (state === 'held') return false;
  if (payout !== null) return isTerminalPayout(payout.state);
  return state === 'released' || (providerShare !== null && isZeroMoney(providerShare));
}
