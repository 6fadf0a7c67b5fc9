import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { toMoney } from '@node3/shared/money';
import { toTimestamp } from '@node3/shared/schema';
import { chainTreasury, userAvailable } from '../domain/ledger-accounts.ts';
import type { Treasury } from '../payments/treasury-port.ts';
import type { DepositRow } from '../store/account-store.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  store: Store;
  clock: Clock;
  treasury: Treasury;
}

/** Credits a finalized transfer to the account whose wallet sent it. Once per signature, for ever. */
export async function claimDeposit(deps: Deps, accountId: string, signature: string) {
  const account = await deps.store.account(accountId);
  if (account?.wallet == null) {
    const detail = 'This account has no wallet; deposits are claimed by the wallet that sent them.';
    throw new MarketError('DEPOSIT_INVALID', { detail });
  }
  const credited = await deps.treasury.verifyDeposit(signature, account.wallet);
  return viewDeposit(await creditDeposit(deps, accountId, signature, credited));
}

/** Posts the credit of a verified transfer. */
export async function creditDeposit(
  deps: Pick<Deps, 'store' | 'clock'>,
  accountId: string,
  signature: string,
  credited: DepositRow['credited'],
): Promise<DepositRow> {
  const nowMs = deps.clock.nowMs();
  return deps.store.creditDeposit({
    signature,
    accountId,
    credited,
    transfers: credited.map(({ asset, amount }) => ({
      transferId: `dep:${signature}:${asset}`,
      debit: chainTreasury,
      credit: userAvailable(accountId),
      asset,
      amount,
      kind: 'deposit',
      ref: signature,
    })),
    events: credited.map(({ asset, amount }) => ({
      name: 'deposit.credited',
      atMs: nowMs,
      actor: 'requester',
      accountId,
      jobId: null,
      executionId: null,
      reason: null,
      data: { signature, asset, amount: String(amount) },
    })),
    nowMs,
  });
}

export function viewDeposit(deposit: DepositRow) {
  return {
    signature: deposit.signature,
    credited: deposit.credited.map(({ asset, amount }) => toMoney(amount, asset)),
    creditedAt: toTimestamp(deposit.creditedAtMs),
  };
}
