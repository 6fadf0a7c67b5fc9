import type { Actor, NewEvent } from '@node3/shared/events';
import type { DepositRow } from '../store/deposit-store.ts';
import type { Transfer } from '../store/rows.ts';
import { chainTreasury, operatorCapital, suspense, userAvailable } from './ledger-accounts.ts';

type Arrived = Pick<DepositRow, 'signature' | 'asset' | 'amount' | 'state' | 'accountId'>;

/** The first booking of a deposit; its id makes a second one impossible. */
export function arrivalTransfer(deposit: Arrived): Transfer {
  const { signature, asset } = deposit;
  const credit = deposit.state === 'credited' ? creditedAccount(deposit) : suspense;
  return {
    ...booking(deposit),
    transferId: `dep:${signature}:${asset}`,
    debit: chainTreasury,
    credit,
  };
}

/** Out of suspense, to whom it belongs. */
export function claimTransfer(deposit: Arrived): Transfer {
  const { signature, asset } = deposit;
  const credit = creditedAccount(deposit);
  return {
    ...booking(deposit),
    transferId: `claim:${signature}:${asset}`,
    debit: suspense,
    credit,
  };
}

function creditedAccount({ accountId }: Arrived): string {
  return accountId === null ? operatorCapital : userAvailable(accountId);
}

function booking({ signature, asset, amount }: Arrived) {
  return { asset, amount, kind: 'deposit' as const, ref: signature };
}

/** Never carries a memo: its text is a stranger's. */
export function depositEvent(
  deposit: Pick<DepositRow, 'signature' | 'asset' | 'amount' | 'accountId' | 'route'>,
  actor: Actor,
  atMs: number,
): NewEvent {
  const { signature, asset, amount, accountId, route } = deposit;
  return {
    name: 'deposit.credited',
    atMs,
    actor,
    accountId,
    jobId: null,
    executionId: null,
    reason: null,
    data: { signature, asset, amount: String(amount), route },
  };
}
