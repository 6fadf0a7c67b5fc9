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
    let harness: RailHarness | undefined;
    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness?.stop());
    const current = () => {
      if (harness === undefined) throw new Error('the rail did not start');
      return harness;
    };
    provesOnePayment(current);
    provesLifetimeAndAccounts(current);
  });
}

function provesOnePayment(current: () => RailHarness): void {
  for (const asset of assets) {
    it(`[7.03] [7.07] pays ${asset} once when the same bytes are sent many times`, async () => {
      const wallet = await current().wallet();
      const batch = newBatch([payoutOf(wallet, asset)]);
      const signed = await sign(current(), { kind: 'pay', attempt: 1, ...batch });
      await current().settle();
      expect(await current().received(wallet, asset)).toBe(0n);
      expect(await receiptOf(current(), batch.receiptSeed)).toBe('open');
      for (let i = 0; i < 3; i += 1) await current().rail.send(signed.raw);
      await current().settle();
      await current().rail.send(signed.raw);
      await current().settle();
      expect(await current().received(wallet, asset)).toBe(5_000_000n);
      expect(await receiptOf(current(), batch.receiptSeed)).toBe('paid');
    });
  }

  it('[P21] pays once when two attempts of one receipt are sent', async () => {
    const wallet = await current().wallet();
    const batch = newBatch([payoutOf(wallet, 'SOL')]);
    const first = await sign(current(), { kind: 'pay', attempt: 1, ...batch });
    const second = await sign(current(), { kind: 'pay', attempt: 2, ...batch });
    expect(second.signature).not.toBe(first.signature);
    await current().rail.send(second.raw);
    await current().rail.send(first.raw);
    await current().settle();
    expect(await current().received(wallet, 'SOL')).toBe(5_000_000n);
    const fates = await Promise.all(
      [first, second].map(({ signature, raw }) =>
        current().rail.fate({ signature, raw, wallets: [wallet] }),
      ),
    );
    expect(fates.map((fate) => fate?.outcome)).toEqual(['failed', 'landed']);
    expect(fates[0]?.failure).toMatchObject({ scope: 'receipt', wallets: [] });
    const receiptAddress = current().rail.receiptAddress(batch.receiptSeed);
    const { signature } = first;
    const landedSignature = second.signature;
    expect(await current().rail.isGone({ signature, receiptAddress, landedSignature })).toBe(false);
  });

  it('[P45] [P46] pays nothing after a tombstone, and a tombstone changes nothing after a payment', async () => {
    const wallet = await current().wallet();
    const voided = newBatch([payoutOf(wallet, 'SOL')]);
    const late = await sign(current(), { kind: 'pay', attempt: 1, ...voided });
    await current().rail.send((await sign(current(), { kind: 'void', attempt: 1, ...voided })).raw);
    await current().settle();
    await current().rail.send(late.raw);
    await current().settle();
    expect(await current().received(wallet, 'SOL')).toBe(0n);
    expect(await receiptOf(current(), voided.receiptSeed)).toBe('void');

    const paid = newBatch([payoutOf(wallet, 'SOL')]);
    const tombstone = await sign(current(), { kind: 'void', attempt: 1, ...paid });
    await current().rail.send((await sign(current(), { kind: 'pay', attempt: 1, ...paid })).raw);
    await current().settle();
    await current().rail.send(tombstone.raw);
    await current().settle();
    expect(await current().received(wallet, 'SOL')).toBe(5_000_000n);
    expect(await receiptOf(current(), paid.receiptSeed)).toBe('paid');
  });

  it('[P43] makes two payments of two receipts, however alike they are', async () => {
    const wallet = await current().wallet();
    const signed = await Promise.all(
      [1, 2].map(() =>
        sign(current(), { kind: 'pay', attempt: 1, ...newBatch([payoutOf(wallet, 'SOL')]) }),
      ),
    );
    for (const { raw } of signed) await current().rail.send(raw);
    await current().settle();
    expect(await current().received(wallet, 'SOL')).toBe(10_000_000n);
  });
}

function provesLifetimeAndAccounts(current: () => RailHarness): void {
  it('[7.06] [P20] never lands an expired attempt, and lands the one that replaces it', async () => {
    const wallet = await current().wallet();
    const batch = newBatch([payoutOf(wallet, 'SOL')]);
    const old = await sign(current(), { kind: 'pay', attempt: 1, ...batch });
    await current().expire();
    const seen = await current().rail.observe({
      receiptAddresses: [],
      signatures: [old.signature],
    });
    expect(seen.blockHeight).toBeGreaterThan(old.lastValidBlockHeight);
    expect(seen.progress.size).toBe(0);
    await current().rail.send(old.raw);
    await current().settle();
    expect(await current().received(wallet, 'SOL')).toBe(0n);
    const second = await sign(current(), { kind: 'pay', attempt: 2, ...batch });
    const landedSignature = second.signature;
    const receiptAddress = current().rail.receiptAddress(batch.receiptSeed);
    const { signature } = old;
    const isGone = () => current().rail.isGone({ signature, receiptAddress, landedSignature });
    await current().rail.send(second.raw);
    expect(await isGone()).toBe(false);
    await current().settle();
    expect(await current().received(wallet, 'SOL')).toBe(5_000_000n);
    expect(await isGone()).toBe(true);
  });

  it('accounts for every lamport, and gives the receipt back', async () => {
    const { rail } = current();
    const wallet = await current().wallet();
    const batch = newBatch([payoutOf(wallet, 'SOL')]);
    const signed = await sign(current(), { kind: 'pay', attempt: 1, ...batch });
    const request = { signature: signed.signature, raw: signed.raw, wallets: [wallet] };
    expect(await rail.fate(request)).toBeNull();
    await rail.send(signed.raw);
    await current().settle();
    const fate = await rail.fate(request);
    expect(fate?.outcome).toBe('landed');
    expect(fate?.treasurySpentLamports).toBe(
      5_000_000n + signed.receiptRent + (fate?.feeLamports ?? 0n),
    );
    const { receiptSeed } = batch;
    const { receiptRent } = signed;
    const back = await sign(current(), {
      kind: 'reclaim',
      receipts: [{ receiptSeed, receiptRent }],
    });
    await rail.send(back.raw);
    await current().settle();
    const returned = await rail.fate({ ...back, wallets: [] });
    expect(returned?.treasurySpentLamports).toBe((returned?.feeLamports ?? 0n) - receiptRent);
    expect(await receiptOf(current(), receiptSeed)).toBe('open');
  });

  it('plans what is due and knows its own history', async () => {
    const { rail } = current();
    const wallet = await current().wallet();
    const due = [payoutOf(wallet, 'SOL'), payoutOf(wallet, 'SOL')];
    const plan = await rail.plan({
      asset: 'SOL',
      due,
      reserved: { SOL: zero, USDC: zero },
      open: [],
    });
    expect(plan).toMatchObject({ take: due, hold: [], wait: [], shortfall: null });
    expect(plan.costLamports).toBeGreaterThan(0n);

    const before = await rail.treasuryHistory(null);
    const signed = await sign(current(), { kind: 'pay', attempt: 1, ...newBatch(due) });
    await rail.send(signed.raw);
    await current().settle();
    const after = await rail.treasuryHistory(before.newestFinal);
    expect(after).toMatchObject({ signatures: [signed.signature], complete: true });
    expect(await rail.isSignedByTreasury(signed.signature)).toBe(true);
  });
}

function newBatch(payouts: PayoutRow[]) {
  return { batchId: systemIds.next('batch'), receiptSeed: systemIds.secret(15), payouts };
}

async function receiptOf({ rail }: RailHarness, receiptSeed: string) {
  const address = rail.receiptAddress(receiptSeed);
  const seen = await rail.observe({ receiptAddresses: [address], signatures: [] });
  return seen.receipts.get(address);
}

async function sign({ rail }: RailHarness, request: SignRequest): Promise<SignedTransaction> {
  const result = await rail.sign(request);
  if ('rejected' in result) throw new Error(`rejected: ${result.rejected.reason}`);
  return result.signed;
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
    waitReason: null,
    dueAtMs: 0,
    kind: 'earning',
    ledgerAccount: 'provider:agent:payable',
    createdAtMs: 0,
    finalizedAtMs: null,
  };
}
