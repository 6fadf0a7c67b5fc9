import { type Asset, baseUnits } from '@node3/shared/money';
import { array, assert, boolean, constantFrom, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PayoutRow } from '../../store/payout-store.ts';
import { newWallet } from '../testing/payout-testbed.ts';
import type { SolDestination, UsdcDestination } from './destinations.ts';
import { type PlannerInput, paymentsOf, planPayouts } from './payout-planner.ts';
import { payInstructions, transactionBytes, transactionBytesMax } from './transaction-builder.ts';

let count = 0;
function payout(wallet: string, amount: bigint, asset: Asset = 'SOL'): PayoutRow {
  count += 1;
  return {
    payoutId: `pay_${count}`,
    jobId: 'job',
    executionId: `exe_${count}`,
    agentId: 'agent',
    accountId: null,
    wallet,
    asset,
    amount: baseUnits(amount),
    state: 'due',
    batchId: null,
    signature: null,
    holdReason: null,
    waitReason: null,
    dueAtMs: 0,
    kind: 'earning',
    ledgerAccount: 'provider:agent:payable',
    createdAtMs: 0,
    finalizedAtMs: null,
  };
}

function plan(due: PayoutRow[], change: Partial<PlannerInput> = {}) {
  const fresh: SolDestination = { state: 'usable', lamports: 0n };
  const usable: UsdcDestination = { state: 'usable', amount: 0n };
  return planPayouts({
    due,
    solDestinations: new Map(due.map((row) => [row.wallet, fresh])),
    usdcDestinations: new Map(due.map((row) => [row.wallet, usable])),
    rentEmpty: 1_000n,
    usdcAccountPolicy: { countedFor: 'everybody', owedMin: baseUnits(100n) },
    payoutMax: baseUnits(1_000_000n),
    capLeft: 1_000_000_000n,
    fits: () => true,
    ...change,
  });
}

describe('planPayouts', () => {
  it('[7.08] lets a fresh wallet wait until its payouts reach the rent minimum together', () => {
    expect(plan([payout('a', 400n), payout('a', 599n)]).wait.map((w) => w.reason)).toEqual([
      'below_rent',
      'below_rent',
    ]);
    expect(plan([payout('a', 400n), payout('a', 600n)]).take).toHaveLength(2);
  });

  it('counts what the wallet already has', () => {
    const solDestinations = new Map([['a', { state: 'usable', lamports: 999n } as const]]);
    expect(plan([payout('a', 1n)], { solDestinations }).take).toHaveLength(1);
  });

  it('holds what only a person can solve, and nothing else', () => {
    const usdcDestinations = new Map<string, UsdcDestination>([
      ['frozen', { state: 'unusable', reason: 'token_account_frozen' }],
      ['good', { state: 'usable', amount: 0n }],
    ]);
    const due = [payout('frozen', 500n, 'USDC'), payout('good', 500n, 'USDC')];
    const result = plan(due, { usdcDestinations });
    expect(result.hold).toEqual([{ payoutId: due[0]?.payoutId, reason: 'token_account_frozen' }]);
    expect(result.take).toEqual([due[1]]);
  });

  it('opens no USDC account for money that only passes through, where rent has a price', () => {
    const usdcDestinations = new Map<string, UsdcDestination>([['a', { state: 'missing' }]]);
    const usdcAccountPolicy = { countedFor: 'earners' as const, owedMin: baseUnits(100n) };
    const change = { usdcDestinations, usdcAccountPolicy };
    const withdrawal = { ...payout('a', 900_000n, 'USDC'), kind: 'withdrawal' as const };
    expect(plan([withdrawal], change).wait).toMatchObject([{ reason: 'usdc_account_missing' }]);
    const small = [withdrawal, payout('a', 99n, 'USDC')];
    expect(plan(small, change).wait.map(({ reason }) => reason)).toEqual([
      'below_account_minimum',
      'below_account_minimum',
    ]);
    expect(plan([withdrawal, payout('a', 100n, 'USDC')], change).take).toHaveLength(2);
  });

  it('counts all that a wallet is owed, though one transaction takes only a part of it', () => {
    const usdcDestinations = new Map<string, UsdcDestination>([['a', { state: 'missing' }]]);
    const small = Array.from({ length: 200 }, () => payout('a', 1n, 'USDC'));
    expect(plan(small, { usdcDestinations }).take).toHaveLength(128);
    const usdcAccountPolicy = { countedFor: 'everybody' as const, owedMin: baseUnits(150n) };
    expect(plan(small, { usdcDestinations, usdcAccountPolicy }).take).toHaveLength(128);
  });

  it('opens a USDC account once the wallet is owed enough', () => {
    const usdcDestinations = new Map<string, UsdcDestination>([['a', { state: 'missing' }]]);
    const below = plan([payout('a', 99n, 'USDC')], { usdcDestinations });
    expect(below.wait).toMatchObject([{ reason: 'below_account_minimum' }]);
    const enough = plan([payout('a', 99n, 'USDC'), payout('a', 1n, 'USDC')], { usdcDestinations });
    expect([...enough.accountsToCreate]).toEqual(['a']);
  });

  it('never moves more than the cap in one transfer', () => {
    const result = plan([payout('a', 900_000n), payout('a', 200_000n), payout('b', 1_000_001n)]);
    expect(result.take).toHaveLength(1);
    expect(result.wait).toMatchObject([{ reason: 'next_batch' }]);
    expect(result.hold).toMatchObject([{ reason: 'above_payout_cap' }]);
  });

  it('[P51] never plans a transaction that is too large', () => {
    const wallets = Array.from({ length: 24 }, () => newWallet().address);
    const treasury = newWallet().address;
    const usdcMint = '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU';
    const sizeOf = (rows: readonly PayoutRow[], accountsToCreate: ReadonlySet<string>) =>
      transactionBytes(
        treasury,
        payInstructions({
          treasury,
          usdcMint,
          receiptSeed: 'x'.repeat(32),
          receiptRent: 1n,
          payments: paymentsOf(rows),
          accountsToCreate,
          memo: 'x'.repeat(33),
          budget: { unitsMax: 1, unitPrice: 1n },
        }),
      );
    const row = record({ wallet: constantFrom(...wallets), missing: boolean() });
    assert(
      property(array(row, { minLength: 1, maxLength: 40 }), (rows) => {
        const due = rows.map(({ wallet }) => payout(wallet, 2_000n, 'USDC'));
        const usdcDestinations = new Map<string, UsdcDestination>(
          rows.map(({ wallet, missing }) => [
            wallet,
            missing ? { state: 'missing' } : { state: 'usable', amount: 0n },
          ]),
        );
        const result = plan(due, {
          usdcDestinations,
          fits: (taken, accounts) => sizeOf(taken, accounts) <= transactionBytesMax,
        });
        expect(result.take.length).toBeGreaterThan(0);
        expect(sizeOf(result.take, result.accountsToCreate)).toBeLessThanOrEqual(1232);
        expect(result.take.length + result.wait.length + result.hold.length).toBe(due.length);
      }),
      { numRuns: 15 },
    );
  });
});
