import type { Actor, EventName, NewEvent } from '@node3/shared/events';
import type { NewPayout, Transfer } from '../store/rows.ts';
import { suspense, suspenseRefunding, userAvailable, userWithdrawing } from './ledger-accounts.ts';

/** Out of reach of everything else from the moment it is asked for. */
export function withdrawalTransfer(payout: NewPayout, accountId: string): Transfer {
  return {
    ...moved(payout),
    transferId: `wd:${payout.payoutId}`,
    debit: userAvailable(accountId),
    credit: userWithdrawing(accountId),
    kind: 'withdrawal',
  };
}

export function refundTransfer(payout: NewPayout): Transfer {
  return {
    ...moved(payout),
    transferId: `refund:${payout.payoutId}`,
    debit: suspense,
    credit: suspenseRefunding,
    kind: 'refund',
  };
}

/** Back to where it was before it was to be paid out. Throws for an earning, which is owed. */
export function cancellationTransfer(payout: NewPayout, accountId: string | null): Transfer {
  const transfer = { ...moved(payout), debit: payout.ledgerAccount };
  if (payout.kind === 'refund') {
    const transferId = `refundback:${payout.payoutId}`;
    return { ...transfer, transferId, credit: suspense, kind: 'refund_return' };
  }
  if (payout.kind !== 'withdrawal' || accountId === null) {
    throw new Error('an earning has nowhere to go back to');
  }
  const transferId = `wdback:${payout.payoutId}`;
  return { ...transfer, transferId, credit: userAvailable(accountId), kind: 'withdrawal_return' };
}

function moved({ asset, amount, payoutId }: NewPayout) {
  return { asset, amount, ref: payoutId };
}

/** `amount` is in base units. */
export function withdrawalEvent(
  name: EventName,
  payout: NewPayout,
  by: { actor: Actor; accountId: string | null; atMs: number },
): NewEvent {
  const { payoutId, kind, wallet, asset, amount } = payout;
  return {
    name,
    ...by,
    jobId: null,
    executionId: null,
    reason: null,
    data: { payoutId, kind, wallet, asset, amount: String(amount) },
  };
}
