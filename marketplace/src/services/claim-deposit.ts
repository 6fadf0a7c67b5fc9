import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { toMoney, zero } from '@node3/shared/money';
import { toTimestamp } from '@node3/shared/schema';
import type { DepositRow, DepositStore, ReceivedMoney } from '../store/deposit-store.ts';
import type { Store } from '../store/store.ts';
import { type ObserveDepositDeps, observeDeposit } from './observe-deposit.ts';

interface Deps extends ObserveDepositDeps {
  store: Store;
}

/**
 * Credits a final transfer to the account whose wallet sent it, unless the transfer itself named
 * somebody else. Once per signature, for ever.
 */
export async function claimDeposit(deps: Deps, accountId: string, signature: string) {
  const account = await deps.store.account(accountId);
  if (account?.wallet == null) {
    throw invalid('This account has no wallet; deposits are claimed by the wallet that sent them.');
  }
  const observed = await observeDeposit(deps, signature);
  if (observed.length === 0) {
    throw invalid(
      'The transaction failed, or the treasury received neither SOL nor the listed USDC.',
    );
  }
  const nowMs = deps.clock.nowMs();
  const rows = await deps.store.claimDeposit({
    signature,
    accountId,
    wallet: account.wallet,
    nowMs,
  });
  const own = rows.filter((row) => row.state === 'credited' && row.accountId === accountId);
  if (own.length > 0) return viewClaimed(signature, own);
  if (rows.some((row) => row.state === 'suspense')) throw invalid(whyNot(rows, account.wallet));
  throw new MarketError('DEPOSIT_CLAIMED', { signature });
}

function whyNot(rows: readonly DepositRow[], wallet: string): string {
  if (rows.some((row) => row.accountId !== null)) {
    return 'The transaction names another account, to which it will be credited.';
  }
  const unclear = rows.every((row) => row.sourceOwner === null);
  return unclear
    ? 'It is not clear from which wallet this came. The operator can assign it.'
    : `The transaction did not come from the wallet of your account, ${wallet}.`;
}

function invalid(detail: string): MarketError {
  return new MarketError('DEPOSIT_INVALID', { detail });
}

/** Credits money to an account that is known to have sent it. Once per signature. */
export async function creditDeposit(
  deps: { store: Pick<DepositStore, 'recordDeposit'>; clock: Clock },
  accountId: string,
  signature: string,
  credited: readonly Omit<ReceivedMoney, 'sourceOwner'>[],
): Promise<DepositRow[]> {
  return deps.store.recordDeposit({
    signature,
    received: credited.map((money) => ({ ...money, sourceOwner: null })),
    target: { to: 'account', accountId, route: 'claim', intentId: null },
    minimum: { SOL: zero, USDC: zero },
    nowMs: deps.clock.nowMs(),
  });
}

function viewClaimed(signature: string, rows: readonly DepositRow[]) {
  const creditedAtMs = Math.min(...rows.map((row) => row.creditedAtMs ?? row.seenAtMs));
  return {
    signature,
    credited: rows.map(({ asset, amount }) => toMoney(amount, asset)),
    creditedAt: toTimestamp(creditedAtMs),
  };
}
