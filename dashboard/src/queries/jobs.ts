import type { QueryOf } from '@node3/shared/contract';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { listJobArtifacts } from '@node3/shared/routes/artifacts';
import { listEvents } from '@node3/shared/routes/events';
import { explainJob } from '@node3/shared/routes/explain';
import { listJobLinks } from '@node3/shared/routes/job-links';
import { getJob, getJobLogs, type JobDetail, listJobs } from '@node3/shared/routes/jobs';
import { getReceipt, getReceiptKey } from '@node3/shared/routes/receipts';
import { isTerminalPayout } from '@node3/shared/settlement-state';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';
import { isZeroMoney } from '../format.ts';

export const jobsPageSize = 25;
const eventsPageSize = 50;
const relativesMax = 20;

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

const lastLines = 12;

/** The end of its log; the viewer reads all of it. */
export function lastLinesQuery({ client }: App, jobId: string) {
  const query = { last: lastLines, limit: lastLines };
  return queryOptions({
    queryKey: [...jobKey(jobId), 'last-lines'],
    queryFn: ({ signal }) => client.call(getJobLogs, { params: { jobId }, query }, { signal }),
  });
}

/** A page of what was stored about it, oldest first. */
export function jobEventsQuery({ client }: App, jobId: string, after: number) {
  const query = { jobId, after, limit: eventsPageSize };
  return queryOptions({
    queryKey: [...jobKey(jobId), 'events', after],
    queryFn: ({ signal }) => client.call(listEvents, { query }, { signal }),
  });
}

/** The first jobs that come after it, or run it again. */
export function relativesQuery(
  { client }: App,
  relation: Pick<JobsQuery, 'dependsOn' | 'rerunOf'>,
) {
  const query = { ...relation, sort: 'createdAt', limit: relativesMax } as const;
  return queryOptions({
    queryKey: [...ownJobsKey, 'relatives', relation],
    queryFn: ({ signal }) => client.call(listJobs, { query }, { signal }),
    staleTime: 10_000,
  });
}

export function receiptQuery({ client }: App, jobId: string) {
  return queryOptions({
    queryKey: [...jobKey(jobId), 'receipt'],
    queryFn: ({ signal }) => client.call(getReceipt, { params: { jobId } }, { signal }),
  });
}

/** The key that this marketplace says its receipts are signed with. */
export function receiptKeyQuery({ client }: App) {
  return queryOptions({
    queryKey: ['market', 'receipt-key'],
    queryFn: ({ signal }) => client.call(getReceiptKey, {}, { signal }),
    staleTime: 600_000,
  });
}

export function jobLinksQuery({ client }: App, jobId: string) {
  return queryOptions({
    queryKey: [...jobKey(jobId), 'links'],
    queryFn: ({ signal }) => client.call(listJobLinks, { params: { jobId } }, { signal }),
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
