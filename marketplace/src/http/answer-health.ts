import { formatAmount } from '@node3/shared/money';
import type { Health, HealthAnswer } from '@node3/shared/routes/health';
import type { FastifyRequest } from 'fastify';
import type { HttpDeps } from './http-deps.ts';

/** Our health, and the same in the words of the seeds. */
export async function answerHealth(
  deps: Pick<HttpDeps, 'auth' | 'store' | 'presence'>,
  health: Health,
  request: FastifyRequest,
): Promise<HealthAnswer> {
  const { status, version, checks } = health;
  const isServed = status !== 'unhealthy';
  const isAgentThere = deps.presence.all().some(({ agentId }) => deps.presence.isOnline(agentId));
  return {
    ...health,
    database: checks.store.state === 'failed' ? 'disconnected' : 'connected',
    payment_system: checks.chain.state === 'ok' ? 'ok' : 'not_initialized',
    c3_connected: isServed && isAgentThere,
    ...(isServed ? await readUser(deps, request) : nobody),
    ok: isServed,
    service: 'node3-marketplace',
    success: isServed,
    data: { status, version },
  };
}

const nobody = { user: null, balance: null };

async function readUser(
  { auth, store }: Pick<HttpDeps, 'auth' | 'store'>,
  request: FastifyRequest,
) {
  const found = await auth.accountShown(request);
  if (found === null) return nobody;
  const { USDC } = await store.accountBalances(found.accountId);
  return { user: found.accountId, balance: Number(formatAmount(USDC.available, 'USDC')) };
}
