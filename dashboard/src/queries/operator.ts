import type { ArgsOf, RouteContract } from '@node3/shared/contract';
import { getAdminAgent, listAgents } from '@node3/shared/routes/admin-agents';
import { listDeviceProofs } from '@node3/shared/routes/gpu-proofs';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

/** All that the operator reads is under this key, and is read again after it changed something. */
export const operatorKey = ['operator'] as const;

export function fleetQuery({ client }: App) {
  return queryOptions({
    queryKey: [...operatorKey, 'agents'],
    queryFn: async ({ signal }) => (await client.call(listAgents, {}, { signal })).data,
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
