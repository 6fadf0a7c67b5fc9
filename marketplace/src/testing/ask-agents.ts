import type { RouteContract } from '@node3/shared/contract';
import * as admin from '@node3/shared/routes/admin-agents';
import * as identity from '@node3/shared/routes/agent-identity';
import { listAgents } from '@node3/shared/routes/fleet';
import * as keys from '@node3/shared/routes/keys';
import * as node3 from '@node3/shared/routes/node3';
import * as node3Reads from '@node3/shared/routes/node3-reads';
import * as reservations from '@node3/shared/routes/reservations';

type Ask = (contract: RouteContract, apiKey: string | null, args?: object) => Promise<unknown>;

/** Asks every endpoint for keys once. */
export async function askKeys(ask: Ask, requester: string): Promise<void> {
  const created = await ask(keys.createKey, requester, {
    body: { name: 'ci', scopes: ['requester'], expiresAt: '2100-01-01T00:00:00Z' },
  });
  const params = { keyId: (created as { keyId: string }).keyId };
  await ask(keys.rotateKey, requester, { params });
  await ask(keys.listKeys, requester);
  await ask(keys.revokeKey, requester, { params });
}

/** Asks every endpoint for reservations once. */
export async function askReservations(
  ask: Ask,
  operator: string,
  accountId: string,
): Promise<void> {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const body = { accountId, count: 1, from: inDays(1), until: inDays(2) };
  const made = await ask(reservations.createReservation, operator, { body });
  await ask(reservations.listReservations, operator);
  const { reservationId } = made as reservations.Reservation;
  await ask(reservations.cancelReservation, operator, { params: { reservationId } });
}

/** Asks every endpoint about the standing of an agent once; the last of them ends it. */
export async function askAgents(
  ask: Ask,
  operator: string,
  { agentId, apiKey }: { agentId: string; apiKey: string },
): Promise<void> {
  const params = { agentId };
  await ask(identity.getOwnAgent, apiKey);
  await ask(identity.drainOwnAgent, apiKey);
  await ask(identity.resumeOwnAgent, apiKey);
  await ask(identity.rotateOwnKey, apiKey);
  await ask(listAgents, operator, { query: { sort: 'name', limit: 1 } });
  await ask(admin.drainAgent, operator, { params, body: { reason: 'a test' } });
  await ask(admin.getAdminAgent, operator, { params });
  await ask(admin.resumeAgent, operator, { params });
  await ask(admin.setAgentEnabled, operator, { params, body: { enabled: true } });
  await ask(identity.unregisterOwnAgent, apiKey);
  await ask(admin.unregisterAgent, operator, { params, body: {} });
  const issued = await ask(admin.issueRegistrationToken, operator, { body: {} });
  await ask(admin.listRegistrationTokens, operator);
  const { tokenId } = issued as { tokenId: string };
  await ask(admin.revokeRegistrationToken, operator, { params: { tokenId } });
}

/** Asks every endpoint of the node3 seed once. */
export async function askNode3(
  ask: Ask,
  { wallet, operator }: { wallet: string; operator: string },
  post: () => Promise<void>,
): Promise<void> {
  const machine = { gpu_model: 'RTX 4090', gpu_vendor: 'nvidia', gpu_memory: 25_757_220_864 };
  const registered = await ask(node3.seedRegister, null, {
    body: { wallet_address: wallet, ...machine },
  });
  const agent = (registered as { api_key: string }).api_key;
  await ask(node3.seedHeartbeat, agent);
  for (const end of ['complete', 'fail'] as const) {
    await post();
    const shown = await ask(node3.seedAvailable, agent, { body: machine });
    const [job] = (shown as { jobs: node3.SeedJob[] }).jobs;
    const params = { jobId: job?.job_id ?? '' };
    await ask(node3.seedAccept, agent, { params, body: { wallet_address: wallet } });
    await ask(node3.seedStart, agent, { params });
    await ask(node3.seedProgress, agent, { params, body: { progress: 50 } });
    if (end === 'complete') await ask(node3.seedComplete, agent, { params, body: {} });
    else await ask(node3.seedFail, agent, { params, body: { error_message: 'a test' } });
  }
  const { seedAgents, seedJobs, seedMarketJobs, seedStatus } = node3Reads;
  for (const read of [seedAgents, seedJobs, seedMarketJobs, seedStatus]) {
    await ask(read, null);
  }
  const { seedStats, seedLoadBalancer, seedPayments, seedInfo } = node3Reads;
  for (const read of [seedStats, seedLoadBalancer, seedPayments, seedInfo]) {
    await ask(read, operator);
  }
}
