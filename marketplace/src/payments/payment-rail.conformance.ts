import { systemIds } from '@node3/shared/ids';
import { type Asset, assets, baseUnits, zero } from '@node3/shared/money';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PayoutRow } from '../store/payout-store.ts';
import type { PaymentRail, SignedTransaction, SignRequest } from './payment-rail.ts';

/** What the suite needs around a rail. The treasury must be able to pay for all of it. */
export interface RailHarness {
  rail: PaymentRail;
  /** A new wallet that can be paid. */
  wallet(): Promise<string>;
  /** What a wallet got so far. */
  received(wallet: string, asset: Asset): Promise<bigint>;
  /** Lets everything that was sent land and become final. */
  settle(): Promise<void>;
  /** Lets so much time pass that nothing signed before can land any more. */
  expire(): Promise<void>;
  stop(): Promise<void>;
}

/** Proves the promise of PaymentRail: one receipt, at most one payment. */
export function describePaymentRail(name: string, start: () => Promise<RailHarness>): void {
  describe(`PaymentRail: ${name}`, () => {
    let harness: RailHarness;
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness.stop());

    const newBatch = (payouts: PayoutRow[]) => ({
      batchId: systemIds.next('batch'),
      receiptSeed: systemIds.secret(15),
      payouts,
    });
    const receiptOf = async (receiptSeed: string) => {
      const address = harness.rail.receiptAddress(receiptSeed);
      const request = { receiptAddresses: [address], signatures: [] };
      return (await harness.rail.observe(request)).receipts.get(address);
    };
    const sign = async (request: SignRequest): Promise<SignedTransaction> => {
      const result = await harness.rail.sign(request);
      if ('rejected' in result) throw new Error(`rejected: ${result.rejected.reason}`);
      return result.signed;
    };

    for (const asset of assets) {
      it(`pays ${asset} once when the same bytes are sent many times`, async () => {
        const wallet = await harness.wallet();
        const batch = newBatch([payoutOf(wallet, asset)]);
        const signed = await sign({ kind: 'pay', attempt: 1, ...batch });
        await harness.settle();
        expect(await harness.received(wallet, asset)).toBe(0n);
        expect(await receiptOf(batch.receiptSeed)).toBe('open');
        for (let i = 0; i < 3; i += 1) await harness.rail.send(signed.raw);
        await harness.settle();
        await harness.rail.send(signed.raw);
        await harness.settle();
        expect(await harness.received(wallet, asset)).toBe(5_000_000n);
        expect(await receiptOf(batch.receiptSeed)).toBe('paid');
      });
    }

    it('pays once when two attempts of one receipt are sent', async () => {
      const wallet = await harness.wallet();
      const batch = newBatch([payoutOf(wallet, 'SOL')]);
      const first = await sign({ kind: 'pay', attempt: 1, ...batch });
      const second = await sign({ kind: 'pay', attempt: 2, ...batch });
      expect(second.signature).not.toBe(first.signature);
      await harness.rail.send(second.raw);
      await harness.rail.send(first.raw);
      await harness.settle();
      expect(await harness.received(wallet, 'SOL')).toBe(5_000_000n);
      const fates = await Promise.all(
        [first, second].map(({ signature, raw }) =>
          harness.rail.fate({ signature, raw, wallets: [wallet] }),
        ),
      );
      expect(fates.map((fate) => fate?.outcome)).toEqual(['failed', 'landed']);
      expect(fates[0]?.failure).toMatchObject({ scope: 'receipt', wallets: [] });
    });

    it('pays nothing after a tombstone, and a tombstone changes nothing after a payment', async () => {
      const wallet = await harness.wallet();
      const voided = newBatch([payoutOf(wallet, 'SOL')]);
      const late = await sign({ kind: 'pay', attempt: 1, ...voided });
      await harness.rail.send((await sign({ kind: 'void', attempt: 1, ...voided })).raw);
      await harness.settle();
      await harness.rail.send(late.raw);
      await harness.settle();
      expect(await harness.received(wallet, 'SOL')).toBe(0n);
      expect(await receiptOf(voided.receiptSeed)).toBe('void');

      const paid = newBatch([payoutOf(wallet, 'SOL')]);
      const tombstone = await sign({ kind: 'void', attempt: 1, ...paid });
      await harness.rail.send((await sign({ kind: 'pay', attempt: 1, ...paid })).raw);
      await harness.settle();
      await harness.rail.send(tombstone.raw);
      await harness.settle();
      expect(await harness.received(wallet, 'SOL')).toBe(5_000_000n);
      expect(await receiptOf(paid.receiptSeed)).toBe('paid');
    });

    it('makes two payments of two receipts, however alike they are', async () => {
      const wallet = await harness.wallet();
      const signed = await Promise.all(
        [1, 2].map(() => sign({ kind: 'pay', attempt: 1, ...newBatch([payoutOf(wallet, 'SOL')]) })),
      );
      for (const { raw } of signed) await harness.rail.send(raw);
      await harness.settle();
      expect(await harness.received(wallet, 'SOL')).toBe(10_000_000n);
    });

    it('never lands an expired attempt, and lands the one that replaces it', async () => {
      const wallet = await harness.wallet();
      const batch = newBatch([payoutOf(wallet, 'SOL')]);
      const old = await sign({ kind: 'pay', attempt: 1, ...batch });
      await harness.expire();
      const seen = await harness.rail.observe({
        receiptAddresses: [],
        signatures: [old.signature],
      });
      expect(seen.blockHeight).toBeGreaterThan(old.lastValidBlockHeight);
      expect(seen.progress.size).toBe(0);
      await harness.rail.send(old.raw);
      await harness.settle();
      expect(await harness.received(wallet, 'SOL')).toBe(0n);
      await harness.rail.send((await sign({ kind: 'pay', attempt: 2, ...batch })).raw);
      await harness.settle();
      expect(await harness.received(wallet, 'SOL')).toBe(5_000_000n);
    });

    it('accounts for every lamport, and gives the receipt back', async () => {
      const { rail } = harness;
      const wallet = await harness.wallet();
      const batch = newBatch([payoutOf(wallet, 'SOL')]);
      const signed = await sign({ kind: 'pay', attempt: 1, ...batch });
      const request = { signature: signed.signature, raw: signed.raw, wallets: [wallet] };
      expect(await rail.fate(request)).toBeNull();
      await rail.send(signed.raw);
      await harness.settle();
      const fate = await rail.fate(request);
      expect(fate?.outcome).toBe('landed');
      expect(fate?.treasurySpentLamports).toBe(
        5_000_000n + signed.receiptRent + (fate?.feeLamports ?? 0n),
      );
      const { receiptSeed } = batch;
      const { receiptRent } = signed;
      const back = await sign({ kind: 'reclaim', receipts: [{ receiptSeed, receiptRent }] });
      await rail.send(back.raw);
      await harness.settle();
      const returned = await rail.fate({ ...back, wallets: [] });
      expect(returned?.treasurySpentLamports).toBe((returned?.feeLamports ?? 0n) - receiptRent);
      expect(await receiptOf(receiptSeed)).toBe('open');
    });

    it('plans what is due and knows its own history', async () => {
      const { rail } = harness;
      const wallet = await harness.wallet();
      const due = [payoutOf(wallet, 'SOL'), payoutOf(wallet, 'SOL')];
      const plan = await rail.plan({ asset: 'SOL', due, reserved: { SOL: zero, USDC: zero } });
      expect(plan).toMatchObject({ take: due, hold: [], wait: [], shortfall: null });
      expect(plan.costLamports).toBeGreaterThan(0n);

      const before = await rail.treasuryHistory(null);
      const signed = await sign({ kind: 'pay', attempt: 1, ...newBatch(due) });
      await rail.send(signed.raw);
      await harness.settle();
      const after = await rail.treasuryHistory(before.newestFinal);
      expect(after).toMatchObject({ signatures: [signed.signature], complete: true });
      expect(await rail.isSignedByTreasury(signed.signature)).toBe(true);
    });
  });
}

function payoutOf(wallet: string, asset: Asset): PayoutRow {
  return {
    payoutId: systemIds.next('payout'),
    jobId: systemIds.next('job'),
    executionId: systemIds.next('execution'),
    agentId: systemIds.next('agent'),
    accountId: null,
    wallet,
    asset,
    amount: baseUnits(5_000_000n),
    state: 'due',
    batchId: null,
    signature: null,
    holdReason: null,
    createdAtMs: 0,
    finalizedAtMs: null,
  };
}
