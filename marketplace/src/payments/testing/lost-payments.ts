import { copyFileSync, existsSync } from 'node:fs';
import { systemIds } from '@node3/shared/ids';
import { expect } from 'vitest';
import { chainTreasury } from '../../domain/ledger-accounts.ts';
import { payInstructions } from '../solana/transaction-builder.ts';
import type { PayoutProcess, PayoutTestbed, Wallet } from './payout-testbed.ts';

/** Copies a database that is in use, as a backup of this moment would have it. */
export function copyDatabase(from: string, to: string): string {
  for (const suffix of ['', '-wal']) {
    if (existsSync(from + suffix)) copyFileSync(from + suffix, `${to}${suffix}`);
  }
  return to;
}

/** Where a payment made by hand differs from the engine's own. */
export interface PaymentChanges {
  usdcMint?: string;
  memo?: string;
  receiptSeed?: string;
  /** Who signs instead of the treasury. */
  by?: Wallet;
}

/** A payment as the engine makes it, signed by hand with the treasury's key. @returns the signature. */
export async function payElsewhere(
  testbed: PayoutTestbed,
  treasury: Wallet,
  payments: Parameters<typeof payInstructions>[0]['payments'],
  changes: PaymentChanges = {},
): Promise<string> {
  const payer = changes.by ?? treasury;
  const instructions = payInstructions({
    treasury: payer.address,
    usdcMint: changes.usdcMint ?? testbed.usdcMint,
    receiptSeed: changes.receiptSeed ?? systemIds.secret(15),
    receiptRent: 890_880n,
    payments,
    accountsToCreate: new Set(),
    memo: changes.memo ?? `${systemIds.next('batch')}/1`,
    budget: { unitsMax: 100_000, unitPrice: 0n },
  });
  return testbed.sendInstructions(payer, instructions);
}

/** The books add up, and say what the chain says. */
export async function expectLedgerMatchesChain(
  testbed: PayoutTestbed,
  { store, treasury }: PayoutProcess,
): Promise<void> {
  expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  const ledger = await store.ledgerBalance(chainTreasury, 'SOL');
  expect(ledger).toBe(await testbed.lamportsOf(treasury.address));
}
