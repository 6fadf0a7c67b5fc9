import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { AccountStore } from '../store/account-store.ts';
import { createApiKey } from './api-key.ts';
import type { OwnWallets } from './own-wallets.ts';
import { proveWallet, type WalletProof } from './prove-wallet.ts';

interface Deps {
  store: AccountStore;
  clock: Clock;
  ids: Ids;
  ownWallets: OwnWallets;
}

/** Registers a daemon whose payouts go to the wallet that signed. The key is shown only here. */
export async function registerAgent(
  deps: Deps,
  input: WalletProof & { name: string; version: string },
) {
  const wallet = await proveWallet(deps, input, 'agent.register');
  const nowMs = deps.clock.nowMs();
  const agentId = deps.ids.next('agent');
  const key = createApiKey(deps.ids, { kind: 'agent', agentId }, nowMs);
  await deps.store.registerAgent({
    agent: {
      agentId,
      wallet,
      name: input.name,
      version: input.version,
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
    },
    key: key.row,
    token: null,
    events: [
      {
        name: 'agent.registered',
        atMs: nowMs,
        actor: `agent:${agentId}`,
        accountId: null,
        jobId: null,
        executionId: null,
        reason: null,
        data: { agentId, name: input.name },
      },
    ],
  });
  return { agentId, apiKey: key.apiKey };
}
