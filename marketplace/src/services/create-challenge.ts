import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { ChallengePurpose } from '@node3/shared/routes/auth';
import { toTimestamp } from '@node3/shared/schema';
import { decodeAddress } from '@node3/shared/wallet-key';
import type { AccountStore } from '../store/account-store.ts';

interface Deps {
  store: Pick<AccountStore, 'saveChallenge'>;
  clock: Clock;
  ids: Ids;
  cluster: string;
}

const statements: Record<ChallengePurpose, string> = {
  'account.create': 'Open a requester account with this wallet.',
  'agent.register': 'Register an agent that is paid to this wallet.',
};

/** Writes the text a wallet signs. It names purpose, wallet and cluster, so it proves nothing else. */
export async function createChallenge(
  deps: Deps,
  input: { wallet: string; purpose: ChallengePurpose },
) {
  decodeAddress(input.wallet);
  const nowMs = deps.clock.nowMs();
  const expiresAtMs = nowMs + limits.challengeMs;
  const challengeId = deps.ids.next('challenge');
  const message = [
    'node3 asks you to prove that you own this wallet:',
    input.wallet,
    '',
    statements[input.purpose],
    '',
    `Purpose: ${input.purpose}`,
    `Cluster: ${deps.cluster}`,
    `Nonce: ${deps.ids.secret(24)}`,
    `Issued at: ${toTimestamp(nowMs)}`,
    `Expires at: ${toTimestamp(expiresAtMs)}`,
  ].join('\n');
  await deps.store.saveChallenge({ challengeId, ...input, message, expiresAtMs });
  return { challengeId, message, expiresAt: toTimestamp(expiresAtMs) };
}
