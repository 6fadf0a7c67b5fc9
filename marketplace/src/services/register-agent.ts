import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import type { Ids } from '@node3/shared/ids';
import type { AccountStore } from '../store/account-store.ts';
import type { AgentRow } from '../store/rows.ts';
import { createApiKey } from './api-key.ts';
import type { KeyHolders } from './key-holders.ts';
import type { OwnWallets } from './own-wallets.ts';
import type { PollTurns } from './poll-turns.ts';
import { proveWallet, type WalletProof } from './prove-wallet.ts';
import { tokenUse } from './registration-tokens.ts';
import type { ProviderSync } from './sync-providers.ts';

export interface RegisterDeps {
  store: AccountStore;
  clock: Clock;
  ids: Ids;
  ownWallets: OwnWallets;
  providerSync: Pick<ProviderSync, 'assigned'>;
  keyHolders: Pick<KeyHolders, 'endAll'>;
  pollTurns: Pick<PollTurns, 'end'>;
  /** Whether a new agent needs a token of the operator. */
  registration: RegistrationPolicy;
}

export type RegistrationPolicy = 'open' | 'token';

export interface Registration {
  name: string;
  version: string;
  /** Of an agent of the same wallet that comes back. */
  agentId?: string | undefined;
  registrationToken?: string | undefined;
}

/**
 * Registers a daemon whose payouts go to the wallet that signed, or lets one of that wallet come
 * back with a new key: its identity, its history and what it earned stay. The key is shown only here.
 */
export async function registerAgent(deps: RegisterDeps, input: WalletProof & Registration) {
  const wallet = await proveWallet(deps, input, 'agent.register');
  if (input.agentId === undefined) return registerNew(deps, wallet, input);
  return registerAgain(deps, wallet, { ...input, agentId: input.agentId });
}

/** Registers an agent for a wallet. Throws REGISTRATION_TOKEN_INVALID where a token is needed. */
export async function registerNew(
  deps: Pick<RegisterDeps, 'store' | 'clock' | 'ids' | 'registration' | 'providerSync'>,
  wallet: string,
  { name, version, registrationToken }: Registration,
) {
  const token = tokenFor(deps, registrationToken);
  const nowMs = deps.clock.nowMs();
  const agentId = deps.ids.next('agent');
  const key = createApiKey(deps.ids, { kind: 'agent', agentId }, nowMs);
  const { providerId } = await deps.store.registerAgent({
    agent: newAgent({ agentId, wallet, name, version, nowMs }),
    key: key.row,
    token,
    events: [registeredEvent(agentId, name, nowMs)],
  });
  if (providerId !== null) deps.providerSync.assigned(agentId, providerId);
  return { agentId, apiKey: key.apiKey };
}

async function registerAgain(
  deps: RegisterDeps,
  wallet: string,
  { agentId, name, version, registrationToken }: Registration & { agentId: string },
) {
  const known = await deps.store.agent(agentId);
  if (known === null) throw new MarketError('AGENT_NOT_FOUND', { agentId });
  if (known.wallet !== wallet) {
    const detail = 'This agent belongs to another wallet. Sign with that one.';
    throw new MarketError('AUTH_FORBIDDEN', { detail, agentId });
  }
  // Who was let in before needs no second leave, unless it was taken out since.
  const token = known.state === 'unregistered' ? tokenFor(deps, registrationToken) : null;
  const nowMs = deps.clock.nowMs();
  const key = createApiKey(deps.ids, { kind: 'agent', agentId }, nowMs);
  const events = [registeredEvent(agentId, name, nowMs)];
  const again = { agentId, name, version, key: key.row, token, events, nowMs };
  const changed = await deps.store.reregisterAgent(again);
  if (changed !== null) deps.providerSync.assigned(agentId, changed.providerId);
  // Whoever holds an older key, perhaps because it was stolen, goes on with nothing.
  deps.keyHolders.endAll(agentId, new MarketError('AUTH_INVALID', { agentId }));
  await deps.pollTurns.end(agentId);
  return { agentId, apiKey: key.apiKey };
}

function tokenFor({ registration }: Pick<RegisterDeps, 'registration'>, given: string | undefined) {
  if (given !== undefined) return tokenUse(given);
  if (registration === 'open') return null;
  const detail = 'This marketplace registers agents with a token of its operator only.';
  throw new MarketError('REGISTRATION_TOKEN_INVALID', { detail });
}

function newAgent(
  agent: Pick<AgentRow, 'agentId' | 'wallet' | 'name' | 'version'> & { nowMs: number },
): AgentRow {
  const { agentId, wallet, name, version, nowMs } = agent;
  return {
    agentId,
    wallet,
    name,
    version,
    providerId: null,
    state: 'active',
    stateReason: null,
    stateUntilMs: null,
    stateBy: null,
    stateAtMs: null,
    offer: null,
    instanceId: null,
    lastSeenAtMs: null,
    jobsSucceeded: 0,
    jobsFailed: 0,
    faultsInRow: 0,
    avgRunSec: null,
    reputation: null,
    ratingCount: 0,
    ratingStars: 0,
    registeredAtMs: nowMs,
  };
}

function registeredEvent(agentId: string, name: string, atMs: number): NewEvent {
  return {
    name: 'agent.registered',
    atMs,
    actor: `agent:${agentId}`,
    accountId: null,
    jobId: null,
    executionId: null,
    reason: null,
    data: { agentId, name },
  };
}
