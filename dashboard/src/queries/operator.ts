import type { ArgsOf, QueryOf, RouteContract } from '@node3/shared/contract';
import { getAdminAgent } from '@node3/shared/routes/admin-agents';
import { listAgents } from '@node3/shared/routes/fleet';
import { listDeviceProofs } from '@node3/shared/routes/gpu-proofs';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

/** All that the operator reads is under this key, and is read again after it changed something. */
export const operatorKey = ['operator'] as const;

export function fleetQuery({ client }: App, query: QueryOf<typeof listAgents>) {
  return queryOptions({
    queryKey: [...operatorKey, 'agents', query],
    queryFn: ({ signal }) => client.call(listAgents, { query }, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function agentQuery({ client }: App, agentId: string) {
  return queryOptions({
    queryKey: [...operatorKey, 'agent', agentId],
    queryFn: ({ signal }) => client.call(getAdminAgent, { params: { agentId } }, { signal }),
  });
}

export function agentProofsQuery({ client }: App, agentId: string) {
  return queryOptions({
    queryKey: [...operatorKey, 'agent', agentId, 'proofs'],
    queryFn: async ({ signal }) =>
      (await client.call(listDeviceProofs, { params: { agentId } }, { signal })).data,
  });
}

/** Any endpoint that the operator reads, under its address and what is asked of it. */
export function operatorQuery<C extends RouteContract>(
  { client }: App,
  contract: C,
  args: ArgsOf<C>,
) {
  return queryOptions({
    queryKey: [...operatorKey, contract.url, args],
    queryFn: ({ signal }) => client.call(contract, args, { signal }),
  });
}
