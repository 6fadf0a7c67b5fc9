import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { toMoney } from '@node3/shared/money';
import type { Withdrawal } from '@node3/shared/routes/withdrawals';
import { toTimestamp } from '@node3/shared/schema';
import type { PayoutRow } from '../store/payout-store.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  store: Store;
  explorerUrl: (signature: string) => string | null;
}

/** Rejects with PAYOUT_NOT_FOUND, also for what is somebody else's. */
export async function findOwnWithdrawal(
  { store }: Deps,
  payoutId: string,
  accountId: string,
): Promise<PayoutRow> {
  const payout = await store.payout(payoutId);
  if (payout?.kind === 'withdrawal' && payout.accountId === accountId) return payout;
  throw new MarketError('PAYOUT_NOT_FOUND', { withdrawalId: payoutId });
}

export async function listWithdrawals(
  deps: Deps,
  accountId: string,
  query: { limit?: number | undefined; cursor?: string | undefined },
) {
  const limit = query.limit ?? limits.listPageDefault;
  const beforePayoutId = query.cursor ?? null;
  const rows = await deps.store.listWithdrawals({ accountId, beforePayoutId, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? (page.at(-1)?.payoutId ?? null) : null;
  return { data: page.map((payout) => viewWithdrawal(deps, payout)), nextCursor };
}

export function viewWithdrawal(
  { explorerUrl }: Pick<Deps, 'explorerUrl'>,
  payout: PayoutRow,
): Withdrawal {
  const { payoutId, wallet, asset, amount, state, signature, finalizedAtMs } = payout;
  return {
    withdrawalId: payoutId,
    money: toMoney(amount, asset),
    wallet,
    state,
    holdReason: payout.holdReason,
    waitReason: payout.waitReason,
    signature,
    explorerUrl: signature === null ? null : explorerUrl(signature),
    createdAt: toTimestamp(payout.createdAtMs),
    finalizedAt: finalizedAtMs === null ? null : toTimestamp(finalizedAtMs),
  };
}
