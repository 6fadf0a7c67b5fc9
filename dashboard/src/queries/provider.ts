import {
  getAgentStatus,
  getLocalEarnings,
  getLocalEconomics,
  getLocalLogTail,
  getLocalPolicy,
  listLocalExecutions,
} from '@node3/shared/routes/agent-local';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

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
