import type { QueryOf } from '@node3/shared/contract';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { listJobArtifacts } from '@node3/shared/routes/artifacts';
import { explainJob } from '@node3/shared/routes/explain';
import { getJob, type JobDetail, listJobs } from '@node3/shared/routes/jobs';
import { isTerminalPayout } from '@node3/shared/settlement-state';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';
import { isZeroMoney } from '../format.ts';

export const jobsPageSize = 25;

type JobsQuery = QueryOf<typeof listJobs>;

/** Everything that shows jobs of the account is read again with this key. */
export const ownJobsKey = ['own', 'jobs'] as const;

/** A page of the account's jobs, as the API is asked for it. */
export function jobsQuery({ client }: App, query: JobsQuery) {
  return queryOptions({
    queryKey: [...ownJobsKey, query],
    queryFn: ({ signal }) =>
      client.call(listJobs, { query: { limit: jobsPageSize, ...query } }, { signal }),
  });
}

/** The ids of the jobs that are newer than one, oldest first: what a list that stands still has missed. */
export function newerJobsQuery({ client }: App, filter: JobsQuery, jobId: string | null) {
  return queryOptions({
    queryKey: [...ownJobsKey, 'newer', filter, jobId],
    async queryFn({ signal }) {
      const newer = { sort: 'createdAt', fields: 'jobId', limit: limits.listPageMax } as const;
      const query = { ...filter, ...newer, cursor: jobId ?? '' };
      const page = await client.call(listJobs, { query }, { signal });
      return { jobIds: page.data.map((job) => job.jobId), isAll: page.nextCursor === null };
    },
    enabled: jobId !== null,
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
