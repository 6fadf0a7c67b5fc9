import { assert } from '@node3/shared/assert';
import type { EventName, NewEvent } from '@node3/shared/events';
import { type BaseUnits, baseUnits } from '@node3/shared/money';
import { chainTreasury, feeNetwork, rentFloat } from '../domain/ledger-accounts.ts';
import type { PayoutRow } from '../store/payout-store.ts';
import type { Transfer } from '../store/rows.ts';
import type { TransactionFate } from './payment-rail.ts';

/** What one treasury transaction cost. */
export function feeTransfer(signature: string, feeLamports: BaseUnits): Transfer {
  return {
    transferId: `fee:${signature}`,
    debit: feeNetwork,
    credit: chainTreasury,
    asset: 'SOL',
    amount: feeLamports,
    kind: 'network_fee',
    ref: signature,
  };
}

/** What was owed to people and is paid. */
export function paidTransfers(payouts: readonly PayoutRow[]): Transfer[] {
  return payouts.map((payout) => ({
    transferId: `pay:${payout.payoutId}`,
    debit: payout.ledgerAccount,
    credit: chainTreasury,
    asset: payout.asset,
    amount: payout.amount,
    kind: 'payout' as const,
    ref: payout.payoutId,
  }));
}

/** What a transaction that paid a batch cost besides. */
export interface PaidTransaction {
  batchId: string;
  signature: string;
  fate: TransactionFate;
  receiptRent: BaseUnits;
  /** What it moved to people in SOL, lamports. */
  paidSol: bigint;
}

/** The fee, the receipt's rent, and accounts opened for people. */
export function costTransfers(paid: PaidTransaction): Transfer[] {
  const { batchId, signature, fate, receiptRent, paidSol } = paid;
  // Whether a token account had to be opened is known only now: somebody else may have done it.
  const opened = fate.treasurySpentLamports - fate.feeLamports - receiptRent - paidSol;
  assert(opened >= 0n, `transaction ${signature} spent less than it paid`);
  return [
    feeTransfer(signature, fate.feeLamports),
    rentTransfer(`rent:${batchId}`, rentFloat, receiptRent, signature),
    ...(opened === 0n
      ? []
      : [rentTransfer(`ata:${batchId}`, feeNetwork, baseUnits(opened), signature)]),
  ];
}

/** A tombstone's rent never comes back: the System program empties only accounts without data. */
export function tombstoneTransfer(
  batchId: string,
  signature: string,
  fate: TransactionFate,
): Transfer {
  const rent = baseUnits(fate.treasurySpentLamports - fate.feeLamports);
  return rentTransfer(`tomb:${batchId}`, feeNetwork, rent, signature);
}

export function rentReturnTransfer(
  batchId: string,
  receiptRent: BaseUnits,
  signature: string,
): Transfer {
  return {
    transferId: `rentback:${batchId}`,
    debit: chainTreasury,
    credit: rentFloat,
    asset: 'SOL',
    amount: receiptRent,
    kind: 'rent_return',
    ref: signature,
  };
}

function rentTransfer(
  transferId: string,
  debit: string,
  amount: BaseUnits,
  signature: string,
): Transfer {
  return {
    transferId,
    debit,
    credit: chainTreasury,
    asset: 'SOL',
    amount,
    kind: 'rent',
    ref: signature,
  };
}

/** What these come to in SOL, lamports. */
export function solOf(payouts: readonly Pick<PayoutRow, 'asset' | 'amount'>[]): bigint {
  return payouts.reduce((sum, { asset, amount }) => (asset === 'SOL' ? sum + amount : sum), 0n);
}

/** `amount` is in base units. */
export function payoutEvent(
  name: EventName,
  payout: PayoutRow,
  atMs: number,
  data: { signature: string | null; holdReason?: string },
): NewEvent {
  return {
    name,
    atMs,
    actor: 'marketplace',
    accountId: payout.accountId,
    jobId: payout.jobId,
    executionId: payout.executionId,
    reason: null,
    data: {
      payoutId: payout.payoutId,
      agentId: payout.agentId,
      asset: payout.asset,
      amount: String(payout.amount),
      ...data,
    },
  };
}
