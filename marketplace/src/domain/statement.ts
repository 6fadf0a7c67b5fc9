import type { Transfer } from '../store/rows.ts';
import { userAvailable, userWithdrawing } from './ledger-accounts.ts';

/** What entries of the ledger say of one account. */

/** The account whose money a transfer moves; null for what is between others. */
export function statementOf({ debit, credit, accountId }: Transfer): string | null {
  return accountId ?? ownerOf(debit) ?? ownerOf(credit);
}

function ownerOf(ledgerAccount: string): string | null {
  return /^user:([^:]+):/.exec(ledgerAccount)?.[1] ?? null;
}

/** How an account's money changed, base units. They are negative where it became less. */
export interface Movement {
  available: bigint;
  /** Of all its jobs together. */
  held: bigint;
  withdrawing: bigint;
}

/** What a transfer of an account's statement does to each part of its money. */
export function movementOf(
  accountId: string,
  { debit, credit, amount }: Pick<Transfer, 'debit' | 'credit' | 'amount'>,
): Movement {
  const change = (isPart: (ledgerAccount: string) => boolean) =>
    (isPart(credit) ? amount : 0n) - (isPart(debit) ? amount : 0n);
  const [available, withdrawing] = [userAvailable(accountId), userWithdrawing(accountId)];
  return {
    available: change((name) => name === available),
    held: change((name) => name.startsWith('held:')),
    withdrawing: change((name) => name === withdrawing),
  };
}
