import { MarketError } from '@node3/shared/error';
import { errorCodes } from '@node3/shared/error-codes';
import { isTerminalJob } from '@node3/shared/job-state';
import { getAccount, getDepositAddress } from '@node3/shared/routes/accounts';
import {
  getAgentStatus,
  getLocalEarnings,
  getLocalEconomics,
  getLocalLogTail,
  getLocalPolicy,
  listLocalExecutions,
} from '@node3/shared/routes/agent-local';
import { listJobArtifacts } from '@node3/shared/routes/artifacts';
import { explainJob } from '@node3/shared/routes/explain';
import { getHealth, type Health } from '@node3/shared/routes/health';
import { getJob, type JobDetail, listJobs } from '@node3/shared/routes/jobs';
import { getOverview, listPublicAgents, listPublicJobs } from '@node3/shared/routes/marketplace';
import { isTerminalPayout } from '@node3/shared/settlement-state';
import { QueryClient, queryOptions } from '@tanstack/react-query';
import type { App } from './app-context.tsx';
import { isZeroMoney } from './format.ts';

export const jobsPageSize = 25;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The host is often this machine, which answers without any network.
        networkMode: 'always',
        staleTime: 1_000,
        retry: (failures, error) => failures < 2 && mayRetry(error),
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

function mayRetry(error: unknown): boolean {
  return !(error instanceof MarketError) || errorCodes[error.code].retry !== 'never';
}

export function overviewQuery({ client }: App) {
  return queryOptions({
    queryKey: ['market', 'overview'],
    queryFn: ({ signal }) => client.call(getOverview, {}, { signal }),
  });
}

export function publicJobsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['market', 'jobs'],
    queryFn: async ({ signal }) => (await client.call(listPublicJobs, {}, { signal })).data,
  });
}

export function publicAgentsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['market', 'agents'],
    queryFn: async ({ signal }) => (await client.call(listPublicAgents, {}, { signal })).data,
  });
}

/** An unhealthy marketplace answers 503 with the same body, which is what a person wants to see. */
export function healthQuery(app: App) {
  return queryOptions({
    queryKey: ['market', 'health'],
    queryFn: async ({ signal }): Promise<Health> => {
      const headers = { accept: 'application/json' };
      const response = await app.fetch(getHealth.url, { headers, signal });
      if (response.status !== 200 && response.status !== 503) {
        throw new MarketError('INTERNAL', { detail: `/health answered ${response.status}.` });
      }
      return (await response.json()) as Health;
    },
  });
}

export function accountQuery({ client, apiKey }: App) {
  return queryOptions({
    queryKey: ['own', 'account'],
    queryFn: ({ signal }) => client.call(getAccount, {}, { signal }),
    enabled: apiKey !== null,
  });
}

export function depositAddressQuery({ client }: App) {
  return queryOptions({
    queryKey: ['deposit-address'],
    queryFn: ({ signal }) => client.call(getDepositAddress, {}, { signal }),
    staleTime: 600_000,
  });
}

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

export function agentStatusQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'status'],
    queryFn: ({ signal }) => client.call(getAgentStatus, {}, { signal }),
    refetchInterval: 2_000,
  });
}

export function localEarningsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'earnings'],
    queryFn: ({ signal }) => client.call(getLocalEarnings, {}, { signal }),
    refetchInterval: 5_000,
  });
}

export function localEconomicsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'economics'],
    queryFn: ({ signal }) => client.call(getLocalEconomics, {}, { signal }),
    refetchInterval: 10_000,
  });
}

/** Also the command line and an editor change it, so it is read again and again. */
export function localPolicyQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'policy'],
    queryFn: ({ signal }) => client.call(getLocalPolicy, {}, { signal }),
    refetchInterval: 3_000,
  });
}

export function localExecutionsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['local', 'executions'],
    queryFn: async ({ signal }) => (await client.call(listLocalExecutions, {}, { signal })).data,
    refetchInterval: 3_000,
  });
}

export function localLogTailQuery({ client }: App, executionId: string) {
  return queryOptions({
    queryKey: ['local', 'log-tail', executionId],
    queryFn: async ({ signal }) =>
      (await client.call(getLocalLogTail, { params: { executionId } }, { signal })).data,
    refetchInterval: 2_000,
  });
}
