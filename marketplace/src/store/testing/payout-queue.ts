import { describe, expect, it } from 'vitest';
import { feeRevenue, providerPayable } from '../../domain/ledger-accounts.ts';
import type { Given } from '../store.conformance.ts';
import type { World } from './world.ts';

export function describePayoutQueue(given: Given): void {
  describe('the payout queue', () => {
    /** A job that ended well: its agent is owed 900 micro-USDC. */
    async function owe(agentId: string): Promise<string> {
      const { world } = given;
      const execution = await world.lease(await world.openAccount(), agentId);
      await world.start(execution);
      const { payoutId } = await world.succeed(execution);
      return payoutId ?? '';
    }
    const dueIds = async (limit = 10) => {
      const { store, world } = given;
      const due = await store.duePayouts({ asset: 'USDC', limit, nowMs: world.nowMs });
      return due.map((payout) => payout.payoutId);
    };

    it('passes over parked payouts until their wallet is owed more or their time is over', async () => {
      const { store, world } = given;
      const [dusty, other] = [await world.registerAgent(), await world.registerAgent()];
      const first = await owe(dusty);
      const second = await owe(other);
      const until = world.nowMs + 1_000;
      await store.parkPayouts([{ payoutId: first, reason: 'below_rent' }], until);
      expect(await dueIds(1)).toEqual([second]);
      expect(await store.payout(first)).toMatchObject({ state: 'due', waitReason: 'below_rent' });
      const third = await owe(dusty);
      expect(await dueIds()).toEqual([first, second, third]);

      await store.parkPayouts([{ payoutId: third, reason: 'below_rent' }], until);
      expect(await dueIds()).toEqual([second]);
      await store.unparkPayouts(until - 1);
      expect(await dueIds()).toEqual([second]);
      await store.unparkPayouts(until);
      expect(await dueIds()).toEqual([first, second, third]);
    });

    it('leaves out what is not due yet', async () => {
      const { store, world } = given;
      await owe(await world.registerAgent());
      const before = { asset: 'USDC', limit: 10, nowMs: world.nowMs - 1 } as const;
      expect(await store.duePayouts(before)).toEqual([]);
      expect(await dueIds()).toHaveLength(1);
    });

    it('holds, releases and cancels, each only from where it may', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const payoutId = await owe(agentId);
      expect(await store.releasePayout(payoutId, [])).toBe(false);
      await store.holdPayouts([{ payoutId, reason: 'token_account_frozen' }], []);
      expect(await dueIds()).toEqual([]);
      expect(await store.releasePayout(payoutId, [])).toBe(true);
      expect(await dueIds()).toEqual([payoutId]);

      const transfer = {
        transferId: `back:${payoutId}`,
        debit: providerPayable(agentId),
        credit: feeRevenue,
        asset: 'USDC' as const,
        amount: (await store.payout(payoutId))?.amount ?? (0n as never),
        kind: 'release' as const,
        ref: payoutId,
      };
      const cancellation = { payoutId, transfers: [transfer], events: [], nowMs: world.nowMs };
      expect(await store.cancelPayout(cancellation)).toMatchObject({ state: 'cancelled' });
      expect(await store.cancelPayout(cancellation)).toBeNull();
      expect(await store.releasePayout(payoutId, [])).toBe(false);
      expect(await dueIds()).toEqual([]);
      expect(await store.ledgerBalance(providerPayable(agentId), 'USDC')).toBe(0n);
    });

    it('adds up what is to be paid, without what was cancelled', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      await owe(agentId);
      const cancelled = await owe(agentId);
      const pending = { finalized: 0n, pending: 1_800n };
      expect(await store.payoutTotals()).toMatchObject({ USDC: pending, SOL: { pending: 0n } });
      expect(await store.sumPayouts({ agentId, sinceMs: 0 })).toMatchObject({ USDC: pending });
      await store.cancelPayout({ payoutId: cancelled, transfers: [], events: [], nowMs: 0 });
      const left = { finalized: 0n, pending: 900n };
      expect(await store.payoutTotals()).toMatchObject({ USDC: left });
      expect(await store.sumPayouts({ agentId, sinceMs: 0 })).toMatchObject({ USDC: left });
      expect(await store.countPayouts()).toMatchObject({ due: 1, cancelled: 1, finalized: 0 });
    });
  });
}

/** The reads and the small changes of the payout engine once; the schema's tests look at their plans. */
export async function liveThroughPayouts({ store, nowMs }: World): Promise<void> {
  const page = { beforePayoutId: null, limit: 1 };
  await store.payout('pay_1');
  await store.payoutOfExecution('exe_1');
  await store.payoutsOfJobs(['job_1']);
  await store.listPayouts({ ...page, agentId: null });
  await store.listPayouts({ ...page, agentId: 'agt_1' });
  await store.countPayouts();
  await store.sumPayouts({ agentId: 'agt_1', sinceMs: 0 });
  await store.duePayouts({ asset: 'USDC', limit: 10, nowMs });
  await store.parkPayouts([{ payoutId: 'pay_1', reason: 'below_rent' }], 1);
  await store.unparkPayouts(1);
  await store.openBatches();
  await store.batch('bat_1');
  await store.unresolvedAttempts(1);
  await store.reclaimableBatches(nowMs, 1);
  await store.openReclaims();
  await store.signedSince(nowMs);
  await store.ownSignatures(['sig']);
  await store.treasurySignaturesFor('none');
  await store.payoutCheckpoint();
}
