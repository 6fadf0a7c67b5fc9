import type { Client } from '@node3/shared/client';
import { type ChallengePurpose, createChallenge } from '@node3/shared/routes/auth';
import { assertChallengeFor } from '@node3/shared/wallet-challenge';
import type { WalletKey } from '@node3/shared/wallet-key';
import bs58 from 'bs58';

/** Signs the marketplace's challenge, once it is sure to be about this purpose and this marketplace. */
export async function proveWallet(client: Client, wallet: WalletKey, purpose: ChallengePurpose) {
  const challenge = await client.call(createChallenge, {
    body: { wallet: wallet.address, purpose },
  });
  const { origin } = new URL(client.baseUrl);
  assertChallengeFor(challenge.message, { wallet: wallet.address, purpose, origin });
  const signature = await wallet.sign(new TextEncoder().encode(challenge.message));
  return { challengeId: challenge.challengeId, signature: bs58.encode(signature) };
}
