import { baseUnits } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import { chainTreasury, x402Inbound } from '../../domain/ledger-accounts.ts';
import type { Given } from '../store.conformance.ts';
import type { X402Opening } from '../x402-store.ts';
import { availableOf, type World } from './world.ts';

/** A payment of 1,000 micro-USDC that the marketplace has just signed. */
function openingOf(world: World, name: string, changes: Partial<X402Opening> = {}): X402Opening {
  return {
    messageHash: `hash-${name}`,
    signature: name,
    raw: Buffer.from(name),
    lastValidBlockHeight: 300,
    payer: 'w-payer',
    amount: baseUnits(1_000n),
    requestHash: 'body',
    paymentId: null,
    feeLamportsMax: baseUnits(10_000n),
    nowMs: world.nowMs,
    ...changes,
  };
}

function budgetOf(world: World, lamports = 1_000_000n) {
  return { lamportsMax: baseUnits(lamports), sinceMs: world.nowMs - 1 };
}

function pay(world: World, name: string, changes: Partial<X402Opening> = {}) {
  return world.store.openX402Settlement(openingOf(world, name, changes), budgetOf(world));
}

function fulfil(world: World, signature: string, job: 'post' | 'none' = 'post') {
  return world.store.fulfilX402({
    signature,
    accountId: world.ids.next('account'),
    post: job === 'post' ? (accountId) => world.posting(accountId) : null,
    nowMs: world.nowMs,
  });
}

function finalize(world: World, signature: string) {
  const final = {
    transferId: `fin:${signature}`,
    debit: chainTreasury,
    credit: x402Inbound,
    asset: 'USDC',
    amount: baseUnits(1_000n),
    kind: 'deposit_final',
    ref: signature,
  } as const;
  const ending = { signature, reason: null, transfers: [final], events: [], nowMs: world.nowMs };
  return world.store.endX402Settlement({ ...ending, state: 'finalized' });
}

/** Every statement of the payments once; the schema's tests look at their plans. */
export async function liveThroughX402(world: World): Promise<void> {
  const { store } = world;
  await pay(world, 'sig', { paymentId: 'id' });
  const { job } = await fulfil(world, 'sig');
  await store.x402ClaimOfJob(job?.jobId ?? '');
  await store.unsettledX402(0, 10);
  await finalize(world, 'sig');
  const expired = { signature: 'late', reason: 'late', transfers: [], events: [], nowMs: 1 };
  await pay(world, 'late');
  await store.endX402Settlement({ ...expired, state: 'expired' });
  await fulfil(world, 'late', 'none');
  await store.accountOfWallet('w-payer');
}

export function describeX402(given: Given): void {
  describe('payments by x402', () => {
    it('[P75] [P76] make one job each, however often and however much at once', async () => {
      const { store, world } = given;
      const [first, again] = await Promise.all([pay(world, 'sig'), pay(world, 'sig')]);
      expect(again).toEqual(first);
      const results = await Promise.all([fulfil(world, 'sig'), fulfil(world, 'sig')]);
      expect(results.map(({ replayed }) => replayed)).toEqual([false, true]);
      const [job, same] = results.map((result) => result.job?.jobId ?? '');
      expect(same).toBe(job);
      const { account } = await fulfil(world, 'sig');
      expect(account.wallet).toBe('w-payer');
      expect(await availableOf(store, account.accountId)).toBe(0n);
      expect(await store.ledgerBalance(x402Inbound, 'USDC')).toBe(1_000n);
      expect(await store.x402Claim('sig')).toMatchObject({ jobId: job, requestHash: 'body' });
      expect(await store.x402ClaimOfJob(job ?? '')).toMatchObject({ signature: 'sig' });
      expect((await store.countJobs()).queued).toBe(1);
    });

    it('are known to the reconciliation of the treasury before they are sent', async () => {
      const { store, world } = given;
      await pay(world, 'sig');
      expect(await store.ownSignatures(['sig', 'other'])).toEqual(new Set(['sig']));
      const reopened = await given.reopen();
      expect(await reopened.ownSignatures(['sig'])).toEqual(new Set(['sig']));
      expect(await reopened.x402SettlementOf('hash-sig')).toMatchObject({ state: 'pending' });
      expect(await reopened.x402Settlement('sig')).toMatchObject({ messageHash: 'hash-sig' });
    });

    it('[P81] stay as credit when there is no job, and still make it later', async () => {
      const { store, world } = given;
      await pay(world, 'sig');
      const { account, job } = await fulfil(world, 'sig', 'none');
      expect(job).toBeNull();
      expect(await availableOf(store, account.accountId)).toBe(1_000n);
      const later = await fulfil(world, 'sig');
      expect(later).toMatchObject({ replayed: false, account });
      expect(await availableOf(store, account.accountId)).toBe(0n);
    });

    it('move into the treasury once they are final, and then never change', async () => {
      const { store, world } = given;
      await pay(world, 'sig');
      await fulfil(world, 'sig');
      await finalize(world, 'sig');
      await finalize(world, 'sig');
      expect(await store.ledgerBalance(x402Inbound, 'USDC')).toBe(0n);
      expect(await store.ledgerBalance(chainTreasury, 'USDC')).toBe(1_000n);
      expect(await store.unsettledX402(0, 10)).toEqual([]);
      const failing = { signature: 'sig', reason: null, transfers: [], events: [], nowMs: 1 };
      await expect(store.endX402Settlement({ ...failing, state: 'failed' })).rejects.toThrow(
        'is finalized',
      );
    });

    it('are credited even when they land after they were given up', async () => {
      const { store, world } = given;
      const paymentId = 'pay_0000000000000001';
      await pay(world, 'late', { paymentId });
      const ending = { signature: 'late', reason: 'expired', transfers: [], events: [], nowMs: 1 };
      await store.endX402Settlement({ ...ending, state: 'expired' });
      await pay(world, 'next', { paymentId });
      const { account } = await fulfil(world, 'late', 'none');
      expect(await availableOf(store, account.accountId)).toBe(1_000n);
      expect(await store.x402SettlementById('w-payer', paymentId)).toMatchObject({
        signature: 'next',
      });
    });

    it('[P87] refuse an id that the payer used for another payment', async () => {
      const { store, world } = given;
      const paymentId = 'pay_0000000000000001';
      await pay(world, 'sig', { paymentId });
      await expect(pay(world, 'other', { paymentId })).rejects.toMatchObject({
        code: 'PAYMENT_CONFLICT',
      });
      await pay(world, 'of-another-payer', { paymentId, payer: 'w-somebody' });
      expect(await store.x402Settlement('other')).toBeNull();
      expect(await store.ownSignatures(['other'])).toEqual(new Set());
    });

    it('[P84] end where the fees of a day do', async () => {
      const { store, world } = given;
      const open = (name: string) =>
        store.openX402Settlement(openingOf(world, name), budgetOf(world, 25_000n));
      await open('one');
      await open('two');
      await expect(open('three')).rejects.toMatchObject({ code: 'PAYMENT_UNAVAILABLE' });
      // A payment that is stored already costs nothing more.
      expect(await open('one')).toMatchObject({ state: 'pending' });
      const ending = { signature: 'two', reason: null, transfers: [], events: [], nowMs: 1 };
      await store.endX402Settlement({ ...ending, state: 'expired' });
      expect(await open('three')).toMatchObject({ state: 'pending' });
      await expect(open('four')).rejects.toMatchObject({ code: 'PAYMENT_UNAVAILABLE' });
      world.nowMs += 86_400_000;
      expect(await open('four')).toMatchObject({ state: 'pending' });
    });
  });
}
