import { baseUnits, zero } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import { chainTreasury, feeNetwork, providerPayable } from '../../domain/ledger-accounts.ts';
import type { PayoutRow, PayoutSettlement } from '../payout-store.ts';
import type { Given } from '../store.conformance.ts';
import type { World } from './world.ts';

/** What the transactions in these tests cost, lamports. */
const fee = baseUnits(5_000n);
const receiptRent = baseUnits(650_240n);

export function describePayoutSettlements(given: Given): void {
  describe('payouts that an unknown transaction paid', () => {
    const feesPaid = () => given.store.ledgerBalance(feeNetwork, 'SOL');
    const owed = (agentId: string) => given.store.ledgerBalance(providerPayable(agentId), 'USDC');

    it('are booked with what it cost, once', async () => {
      const { store, world } = given;
      const agentId = await openMarket(world);
      const payouts = [await hold(world, agentId), await hold(world, agentId)];
      const settlement = settlementOf(world, payouts);
      expect(await store.settlePayouts(settlement)).toBe('settled');

      const [payoutId, second] = settlement.payoutIds;
      const { batchId } = settlement.batch;
      const paid = { state: 'finalized', holdReason: null, signature: 'sig-1', batchId };
      const finalizedAtMs = world.nowMs;
      expect(await store.payout(payoutId ?? '')).toMatchObject({ ...paid, finalizedAtMs });
      expect(await store.payout(second ?? '')).toMatchObject(paid);
      expect([await owed(agentId), await feesPaid()]).toEqual([0n, fee]);
      expect(await store.ownSignatures(['sig-1', 'sig-2'])).toEqual(new Set(['sig-1']));
      expect(await store.openBatches()).toEqual([]);
      expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
      const events = await store.eventsAfter(0, 1_000);
      expect(events.filter(({ name }) => name === 'payout.finalized')).toHaveLength(2);

      expect(await store.settlePayouts(settlement)).toBe('moved');
      expect(await store.eventsAfter(0, 1_000)).toEqual(events);
      expect(await feesPaid()).toBe(fee);
    });

    it('may follow each other, each wallet with all that it got', async () => {
      const { store, world } = given;
      const [anna, ben] = [await openMarket(world), await world.registerAgent()];
      const [toAnna, toBen] = [await hold(world, anna), await hold(world, ben)];
      const first = settlementOf(world, [toAnna]);
      const { batch, attempt } = first;
      expect(await store.settlePayouts(first)).toBe('settled');
      const rest = { ...settlementOf(world, [toBen]), batch, attempt };
      expect(await store.settlePayouts(rest)).toBe('settled');
      expect([await owed(anna), await owed(ben), await feesPaid()]).toEqual([0n, 0n, fee]);
      expect(await store.payout(toBen.payoutId)).toMatchObject({ batchId: batch.batchId });

      const more = { ...settlementOf(world, [await hold(world, anna)]), batch, attempt };
      expect(await store.settlePayouts(more)).toBe('taken');
      expect(await owed(anna)).toBe(toAnna.amount);
    });

    it('are left alone where another batch has its name or its receipt', async () => {
      const { store, world } = given;
      const agentId = await openMarket(world);
      const known = settlementOf(world, [await hold(world, agentId)]);
      expect(await store.settlePayouts(known)).toBe('settled');
      const other = settlementOf(world, [await hold(world, await world.registerAgent())]);
      const { batchId, receiptAddress } = known.batch;
      for (const batch of [
        { ...other.batch, batchId },
        { ...other.batch, receiptAddress },
      ]) {
        const attempt = { ...other.attempt, batchId: batch.batchId };
        expect(await store.settlePayouts({ ...other, batch, attempt })).toBe('taken');
      }
      expect(await store.payout(other.payoutIds[0] ?? '')).toMatchObject({ state: 'held' });
      expect(await feesPaid()).toBe(fee);
    });

    it('are left alone when they are due, or in another batch', async () => {
      const { store, world } = given;
      const agentId = await openMarket(world);
      const payout = await owe(world, agentId);
      const settlement = settlementOf(world, [payout]);
      expect(await store.settlePayouts(settlement)).toBe('moved');
      const { batch } = settlementOf(world, [payout]);
      await store.openBatch(batch, [payout.payoutId], []);
      expect(await store.settlePayouts(settlement)).toBe('moved');
      expect(await store.payout(payout.payoutId)).toMatchObject({ state: 'batched' });
      expect(await owed(agentId)).toBe(payout.amount);
      expect(await store.ownSignatures(['sig-1'])).toEqual(new Set());
    });

    it('are booked with the whole of their open batch, whose own attempt is resolved later', async () => {
      const { store, world } = given;
      const [anna, ben] = [await openMarket(world), await world.registerAgent()];
      const payouts = [await owe(world, anna), await owe(world, ben)];
      const settlement = settlementOf(world, payouts);
      const { batch, attempt, payoutIds } = settlement;
      await store.openBatch(batch, payoutIds, []);
      await store.addAttempt({ ...attempt, signature: 'sig-0' }, []);
      const half = { ...settlementOf(world, payouts.slice(0, 1)), batch, attempt };
      expect(await store.settlePayouts(half)).toBe('taken');

      expect(await store.settlePayouts(settlement)).toBe('settled');
      expect([await owed(anna), await owed(ben), await feesPaid()]).toEqual([0n, 0n, fee]);
      expect(await store.openBatches()).toEqual([]);
      expect(await store.unresolvedAttempts(10)).toMatchObject([
        { signature: 'sig-0', attempt: 1, landedSignature: 'sig-1' },
      ]);
    });

    it('leave a receipt to be reclaimed, unless it was', async () => {
      const { store, world } = given;
      const agentId = await openMarket(world);
      const kept = settlementOf(world, [await hold(world, agentId)]);
      await store.settlePayouts(kept);
      const gone = settlementOf(world, [await hold(world, agentId)]);
      const attempt = { ...gone.attempt, signature: 'sig-2' };
      await store.settlePayouts({ ...gone, attempt, costs: [], isReceiptGone: true });
      const { batchId } = kept.batch;
      const reclaimable = await store.reclaimableBatches(world.nowMs + 1, 10);
      expect(reclaimable).toMatchObject([{ batchId, state: 'posted', receiptRent }]);
    });
  });
}

/** An agent, and a treasury that can pay fees. */
async function openMarket(world: World): Promise<string> {
  const accountId = await world.openAccount();
  await world.deposit(accountId, baseUnits(1_000_000n), 'capital', 'SOL');
  return world.registerAgent();
}

/** A job that ended well. @returns what its agent is owed. */
async function owe(world: World, agentId: string): Promise<PayoutRow> {
  const execution = await world.lease(await world.openAccount(), agentId);
  await world.start(execution);
  const { payoutId } = await world.succeed(execution);
  const payout = await world.store.payout(payoutId ?? '');
  if (payout === null) throw new Error('a job that ends well is paid for');
  return payout;
}

/** The same, held as after the restore of a backup. */
async function hold(world: World, agentId: string): Promise<PayoutRow> {
  const payout = await owe(world, agentId);
  await world.store.holdPayouts([{ payoutId: payout.payoutId, reason: 'restored' }], []);
  return payout;
}

/** That a transaction paid these. */
function settlementOf(world: World, payouts: readonly PayoutRow[]): PayoutSettlement {
  const { nowMs } = world;
  const batchId = world.ids.next('batch');
  const signature = 'sig-1';
  const createdAtMs = nowMs;
  return {
    batch: {
      batchId,
      asset: 'USDC',
      receiptSeed: `seed-${batchId}`,
      receiptAddress: `receipt-${batchId}`,
      costLamports: zero,
      createdAtMs,
    },
    attempt: {
      signature,
      batchId,
      kind: 'pay',
      attempt: 1,
      raw: Uint8Array.of(1),
      lastValidBlockHeight: 0,
      receiptRent,
      createdAtMs,
    },
    payoutIds: payouts.map(({ payoutId }) => payoutId),
    isReceiptGone: false,
    transfers: payouts.map(({ payoutId, ledgerAccount, asset, amount }) => ({
      transferId: `pay:${payoutId}`,
      debit: ledgerAccount,
      credit: chainTreasury,
      asset,
      amount,
      kind: 'payout',
      ref: payoutId,
    })),
    costs: [
      {
        transferId: `fee:${signature}`,
        debit: feeNetwork,
        credit: chainTreasury,
        asset: 'SOL',
        amount: fee,
        kind: 'network_fee',
        ref: signature,
      },
    ],
    events: payouts.map(({ payoutId, accountId, jobId, executionId }) => ({
      name: 'payout.finalized',
      atMs: nowMs,
      actor: 'operator',
      accountId,
      jobId,
      executionId,
      reason: null,
      data: { payoutId },
    })),
    nowMs,
  };
}
