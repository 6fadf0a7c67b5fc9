import { type BaseUnits, zero } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import type { BatchChange, NewAttempt } from '../payout-store.ts';
import type { Given } from '../store.conformance.ts';

export function describePayoutBatches(given: Given): void {
  describe('payout batches', () => {
    async function openBatch(): Promise<{ batchId: string; payoutId: string }> {
      const { store, world } = given;
      const execution = await world.lease(await world.openAccount(), await world.registerAgent());
      await world.start(execution);
      const { payoutId } = await world.succeed(execution);
      const batchId = world.ids.next('batch');
      const batch = {
        batchId,
        asset: 'USDC' as const,
        receiptSeed: `seed-${batchId}`,
        receiptAddress: `receipt-${batchId}`,
        costLamports: zero,
        createdAtMs: world.nowMs,
      };
      await store.openBatch(batch, [payoutId ?? ''], []);
      return { batchId, payoutId: payoutId ?? '' };
    }

    function attemptOf(batchId: string, kind: 'pay' | 'void', attempt: number): NewAttempt {
      return {
        signature: `${batchId}-${kind}-${attempt}`,
        batchId,
        kind,
        attempt,
        raw: Uint8Array.of(1),
        lastValidBlockHeight: 150,
        receiptRent: 1n as BaseUnits,
        createdAtMs: given.world.nowMs,
      };
    }

    function change(
      batchId: string,
      parts: Pick<BatchChange, 'from' | 'to'> & Partial<BatchChange>,
    ) {
      const nothing = { payouts: [], outcomes: [], transfers: [], events: [] };
      return given.store.changeBatch({ batchId, ...nothing, nowMs: given.world.nowMs, ...parts });
    }

    it('take no payment once they are being voided or over, and a tombstone only then', async () => {
      const { store } = given;
      const { batchId, payoutId } = await openBatch();
      await expect(store.addAttempt(attemptOf(batchId, 'void', 1), [])).rejects.toThrow(/not in/);
      await store.addAttempt(attemptOf(batchId, 'pay', 1), []);
      const submitted = [{ payoutId, state: 'submitted' as const }];
      await change(batchId, { from: ['signed'], to: 'sent', payouts: submitted });
      await store.addAttempt(attemptOf(batchId, 'pay', 2), []);
      await change(batchId, { from: ['sent'], to: 'voiding' });
      await expect(store.addAttempt(attemptOf(batchId, 'pay', 3), [])).rejects.toThrow(/not in/);
      await store.addAttempt(attemptOf(batchId, 'void', 1), []);
      const due = [{ payoutId, state: 'due' as const, signature: null }];
      await change(batchId, { from: ['voiding'], to: 'void', payouts: due });
      await expect(store.addAttempt(attemptOf(batchId, 'void', 2), [])).rejects.toThrow(/not in/);
      await expect(change(batchId, { from: ['new'], to: 'void' })).rejects.toThrow(/not in new/);
    });

    it('tell how they ended for each attempt whose fate is not known', async () => {
      const { store } = given;
      const { batchId, payoutId } = await openBatch();
      await store.addAttempt(attemptOf(batchId, 'pay', 1), []);
      const submitted = [{ payoutId, state: 'submitted' as const }];
      await change(batchId, { from: ['signed'], to: 'sent', payouts: submitted });
      await store.addAttempt(attemptOf(batchId, 'pay', 2), []);
      expect((await store.paymentCosts(0, 10)).payments).toBe(1);
      expect(await store.unresolvedAttempts(10)).toEqual([]);
      const landedSignature = `${batchId}-pay-2`;
      const outcomes = [{ signature: landedSignature, outcome: 'landed' as const }];
      const finalized = [{ payoutId, state: 'finalized' as const }];
      await change(batchId, { from: ['sent'], to: 'posted', payouts: finalized, outcomes });
      expect(await store.unresolvedAttempts(10)).toMatchObject([
        { attempt: 1, receiptAddress: `receipt-${batchId}`, landedSignature },
      ]);
      expect(await store.batch(batchId)).toMatchObject({
        state: 'posted',
        payouts: [{ payoutId, state: 'finalized' }],
        attempts: [
          { attempt: 1, outcome: null },
          { attempt: 2, outcome: 'landed' },
        ],
      });
      expect(await store.batch('bat_none')).toBeNull();
    });
  });
}
