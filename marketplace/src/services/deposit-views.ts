import { toMoney } from '@node3/shared/money';
import type { AdminDeposit, DepositItem } from '@node3/shared/routes/deposits';
import { toTimestamp } from '@node3/shared/schema';
import type { DepositRow } from '../store/deposit-store.ts';

interface Deps {
  explorerUrl: (signature: string) => string | null;
}

/** A deposit as its owner sees it. Memos are not shown to anybody: they are strangers' words. */
export function viewDeposit({ explorerUrl }: Deps, row: DepositRow): DepositItem {
  const { signature, asset, amount, route, intentId, seenAtMs, creditedAtMs } = row;
  return {
    signature,
    explorerUrl: explorerUrl(signature),
    money: toMoney(amount, asset),
    state: stateOf(row),
    route,
    intentId,
    seenAt: toTimestamp(seenAtMs),
    creditedAt: creditedAtMs === null ? null : toTimestamp(creditedAtMs),
  };
}

function stateOf({ state, suspenseReason, refundState }: DepositRow): DepositItem['state'] {
  if (state === 'suspense' && suspenseReason === 'dust') return 'waiting';
  return state === 'refunding' && refundState === 'finalized' ? 'refunded' : state;
}

export function viewAdminDeposit(deps: Deps, row: DepositRow): AdminDeposit {
  const { accountId, suspenseReason, sourceOwner, payoutId: refundId } = row;
  return { ...viewDeposit(deps, row), accountId, suspenseReason, sourceOwner, refundId };
}
