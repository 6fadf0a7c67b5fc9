import { MarketError } from '@node3/shared/error';
import { createMessageValidator } from '@node3/shared/http/request-validator';
import { registerAgent } from '@node3/shared/routes/agents';
import { toTimestamp } from '@node3/shared/schema';
import { decodeAddress } from '@node3/shared/wallet-key';
import type { KeyedRequest } from '../../http/auth.ts';
import { refuseOwnWallet } from '../../services/own-wallets.ts';
import { registerNew } from '../../services/register-agent.ts';
import type { GrpcDeps } from '../grpc-deps.ts';
import { toProtoTime } from '../proto-time.ts';
import { wrong } from './worker-messages.ts';
import { toWorkerOffer, type WorkerInfo } from './worker-offer.ts';

export interface RegisterRequest {
  auth_token: string;
  worker_info: WorkerInfo | null;
  session_id: string;
}

/**
 * Lets a worker in with a one-time token, or again with the session id that it has: that is its key,
 * shown once and kept as a hash. Throws REGISTRATION_TOKEN_INVALID, AUTH_INVALID and REQUEST_INVALID.
 */
export async function registerWorker(
  deps: GrpcDeps,
  asked: RegisterRequest,
  request: KeyedRequest,
): Promise<object> {
  if (asked.session_id !== '') return comeBack(deps, asked, request);
  const info = asked.worker_info;
  if (info === null) throw wrong('/worker_info', 'is needed to register');
  const offer = toWorkerOffer(info);
  const wallet = walletOf(info);
  refuseOwnWallet(deps.ownWallets, wallet);
  const registration = deps.unprovenWallets === 'allowed' ? deps.registration : 'token';
  const name = nameOf(info);
  const { agentId, apiKey } = await registerNew({ ...deps, registration }, wallet, {
    name,
    version: info.version === '' ? 'hodei' : info.version.slice(0, 32),
    registrationToken: asked.auth_token === '' ? undefined : asked.auth_token,
  });
  const presence = deps.presence.seen({ agentId, wallet, name }, `grpc-${agentId}`);
  deps.presence.noteOffer(presence, offer);
  return answer(
    deps,
    agentId,
    apiKey,
    `Registered. Its work is paid to ${wallet} and no other wallet.`,
  );
}

/** It stays who it is, with the wallet that it registered with. */
async function comeBack(
  deps: GrpcDeps,
  { session_id: sessionId, worker_info: info }: RegisterRequest,
  request: KeyedRequest,
): Promise<object> {
  const headers = { authorization: `Bearer ${sessionId}` };
  const agent = await deps.auth.agent({ ...request, headers });
  if (info !== null) {
    if (info.wallet_address !== '' && info.wallet_address !== agent.wallet) {
      const detail = `This worker is paid to ${agent.wallet}. Another wallet needs another registration.`;
      throw new MarketError('AUTH_FORBIDDEN', { detail });
    }
    const offer = toWorkerOffer(info);
    const instanceId = deps.presence.get(agent.agentId)?.instanceId ?? `grpc-${agent.agentId}`;
    deps.presence.noteOffer(deps.presence.seen(agent, instanceId), offer);
  }
  const since = toTimestamp(agent.registeredAtMs);
  return answer(deps, agent.agentId, sessionId, `Known since ${since}.`);
}

function answer({ clock }: GrpcDeps, workerId: string, sessionId: string, message: string) {
  return {
    worker_id: workerId,
    success: true,
    message,
    session_id: sessionId,
    registration_time: toProtoTime(clock.nowMs()),
  };
}

function walletOf({ wallet_address: wallet }: WorkerInfo): string {
  if (wallet === '') throw wrong('/worker_info/wallet_address', 'is needed: it is what is paid');
  decodeAddress(wallet);
  return wallet;
}

/** The same as of every agent. */
const nameProblems = createMessageValidator(registerAgent.schema.body.properties.name);

function nameOf({ name }: WorkerInfo): string {
  const [problem] = nameProblems(name);
  if (problem === undefined) return name;
  throw wrong('/worker_info/name', problem.detail);
}
