import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { ChallengePurpose } from '@node3/shared/routes/auth';
import { verifySignature } from '@node3/shared/wallet-key';
import type { AccountStore } from '../store/account-store.ts';
import { type OwnWallets, refuseOwnWallet } from './own-wallets.ts';

interface Deps {
  store: Pick<AccountStore, 'consumeChallenge'>;
  clock: Clock;
  ownWallets: OwnWallets;
}

export interface WalletProof {
  challengeId: string;
  signature: string;
}

/**
 * Uses up a challenge and returns the wallet that signed it. A failed try uses it up as well, so
 * nothing can be replayed or guessed at. Throws CHALLENGE_INVALID, SIGNATURE_INVALID or
 * WALLET_RESERVED.
 */
export async function proveWallet(
  deps: Deps,
  proof: WalletProof,
  purpose: ChallengePurpose,
): Promise<string> {
  const challenge = await deps.store.consumeChallenge(proof.challengeId, deps.clock.nowMs());
  if (challenge === null || challenge.purpose !== purpose) {
    throw new MarketError('CHALLENGE_INVALID', { challengeId: proof.challengeId });
  }
  const message = new TextEncoder().encode(challenge.message);
  if (!verifySignature(challenge.wallet, message, proof.signature)) {
    throw new MarketError('SIGNATURE_INVALID', { wallet: challenge.wallet });
  }
  refuseOwnWallet(deps.ownWallets, challenge.wallet);
  return challenge.wallet;
}
