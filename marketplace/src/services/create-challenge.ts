import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { ChallengePurpose } from '@node3/shared/routes/auth';
import { toTimestamp } from '@node3/shared/schema';
import { composeChallenge } from '@node3/shared/wallet-challenge';
import { decodeAddress } from '@node3/shared/wallet-key';
import type { AccountStore } from '../store/account-store.ts';

interface Deps {
  store: Pick<AccountStore, 'saveChallenge'>;
  clock: Clock;
  ids: Ids;
  cluster: string;
}

/** Writes the text a wallet signs: it works once, here, and for this purpose only. */
export async function createChallenge(
  deps: Deps,
  input: { wallet: string; purpose: ChallengePurpose; origin: string },
) {
  decodeAddress(input.wallet);
  const nowMs = deps.clock.nowMs();
  const expiresAtMs = nowMs + limits.challengeMs;
  const challengeId = deps.ids.next('challenge');
  const message = composeChallenge(input, {
    cluster: deps.cluster,
    nonce: deps.ids.secret(24),
    issuedAt: toTimestamp(nowMs),
    expiresAt: toTimestamp(expiresAtMs),
  });
  const { wallet, purpose } = input;
  await deps.store.saveChallenge({ challengeId, wallet, purpose, message, expiresAtMs });
  return { challengeId, message, expiresAt: toTimestamp(expiresAtMs) };
}
