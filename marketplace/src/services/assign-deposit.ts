import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { DepositRow } from '../store/deposit-store.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  store: Store;
  clock: Clock;
}

/** Gives a deposit in suspense to an account, by decision of the operator. null: to the capital. */
export async function assignDeposit(
  deps: Deps,
  signature: string,
  accountId: string | null,
): Promise<DepositRow[]> {
  const { store, clock } = deps;
  if (accountId !== null && (await store.account(accountId)) === null) {
    const errors = [{ pointer: '/accountId', detail: 'is no account of this marketplace' }];
    throw new MarketError('REQUEST_INVALID', { errors });
  }
  const assigned = await store.assignDeposit({ signature, accountId, nowMs: clock.nowMs() });
  const rows = await store.depositsOfSignature(signature);
  if (rows.length === 0) throw new MarketError('DEPOSIT_NOT_FOUND', { signature });
  if (!assigned) throw new MarketError('DEPOSIT_STATE_INVALID', { signature });
  return rows;
}
