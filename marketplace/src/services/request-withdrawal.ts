import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import { fromMoney, type Money, toMoney } from '@node3/shared/money';
import { withdrawalMinimum } from '@node3/shared/money-minimums';
import { userWithdrawing } from '../domain/ledger-accounts.ts';
import { withdrawalEvent, withdrawalTransfer } from '../domain/withdrawal-postings.ts';
import type { PayoutRow } from '../store/payout-store.ts';
import type { NewPayout } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { hashText } from './api-key.ts';

interface Deps {
  store: Store;
  clock: Clock;
  ids: Ids;
  wakePayouts(): void;
}

interface Input {
  accountId: string;
  money: Money;
  idempotencyKey: string | null;
}

/**
 * Pays an account's money out to the wallet that has proven it is the account's: there is no other
 * address to send it to, so that a stolen key moves money only to its owner.
 */
export async function requestWithdrawal(
  deps: Deps,
  { accountId, money, idempotencyKey }: Input,
): Promise<{ payout: PayoutRow; replayed: boolean }> {
  const { store, clock, ids } = deps;
  const account = await store.account(accountId);
  if (account?.wallet == null) {
    const detail = 'This account has no wallet of its own to which money could be sent.';
    throw new MarketError('AUTH_FORBIDDEN', { detail });
  }
  const nowMs = clock.nowMs();
  const payout: NewPayout = {
    payoutId: ids.next('payout'),
    kind: 'withdrawal',
    ledgerAccount: userWithdrawing(accountId),
    jobId: null,
    executionId: null,
    agentId: null,
    wallet: account.wallet,
    asset: money.asset,
    amount: checkAmount(money),
    dueAtMs: nowMs,
  };
  const by = { actor: 'requester' as const, accountId, atMs: nowMs };
  const requested = await store.requestWithdrawal({
    accountId,
    payout,
    transfer: withdrawalTransfer(payout, accountId),
    event: withdrawalEvent('withdrawal.requested', payout, by),
    idempotency:
      idempotencyKey === null
        ? null
        : { key: idempotencyKey, requestHash: hashText(`${payout.amount} ${payout.asset}`) },
    perDayMax: limits.withdrawalsPerDay,
    nowMs,
  });
  if (!requested.replayed) deps.wakePayouts();
  return requested;
}

function checkAmount(money: Money) {
  const amount = fromMoney(money);
  const minimum = withdrawalMinimum[money.asset];
  if (amount >= minimum) return amount;
  const { amount: least, asset } = toMoney(minimum, money.asset);
  const errors = [{ pointer: '/money/amount', detail: `must be at least ${least}` }];
  throw new MarketError('AMOUNT_INVALID', {
    detail: `Withdraw at least ${least} ${asset}.`,
    errors,
  });
}
