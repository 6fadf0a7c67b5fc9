import type { RouteContract } from '@node3/shared/contract';
import * as routes from '@node3/shared/routes/providers';

type Ask = (contract: RouteContract, apiKey: string | null, args?: object) => Promise<unknown>;

/** Asks every endpoint for providers once. @param agentId of an agent that is registered */
export async function askProviders(ask: Ask, operator: string, agentId: string): Promise<void> {
  const body = { name: 'docker-eu', kind: 'docker', credentials: { token: 'sesame' } };
  await ask(routes.registerProvider, operator, { body });
  const params = { provider: 'docker-eu' };
  await ask(routes.listProviders, operator);
  await ask(routes.getProvider, operator, { params });
  await ask(routes.updateProvider, operator, { params, body: { priority: 3 } });
  const state = { state: 'maintenance', reason: 'new disks' };
  await ask(routes.setProviderState, operator, { params, body: state });
  await ask(routes.assignAgent, operator, { params: { agentId }, body: params });
  await ask(routes.getProviderStats, operator, { params });
  await ask(routes.getProviderHealth, operator, { params });
  await ask(routes.assignAgent, operator, { params: { agentId }, body: { provider: 'default' } });
  await ask(routes.deleteProvider, operator, { params });
}
