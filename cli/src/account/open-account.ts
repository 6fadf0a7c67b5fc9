import type { Client } from '@node3/shared/client';
import { createAccount } from '@node3/shared/routes/accounts';
import { createChallenge } from '@node3/shared/routes/auth';
import { assertChallengeFor } from '@node3/shared/wallet-challenge';
import type { WalletKey } from '@node3/shared/wallet-key';
import bs58 from 'bs58';

/** Opens an account, or gets another key for it, by signing the marketplace's challenge. */
export async function openAccount(client: Client, wallet: WalletKey, name: string | null) {
  const purpose = 'account.create' as const;
  const challenge = await client.call(createChallenge, {
    body: { wallet: wallet.address, purpose },
  });
  const { origin } = new URL(client.baseUrl);
  assertChallengeFor(challenge.message, { wallet: wallet.address, purpose, origin });
  const signature = await wallet.sign(new TextEncoder().encode(challenge.message));
  return client.call(createAccount, {
    body: {
      challengeId: challenge.challengeId,
      signature: bs58.encode(signature),
      ...(name === null ? {} : { name }),
    },
  });
}
