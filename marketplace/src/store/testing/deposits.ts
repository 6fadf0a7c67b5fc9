import { baseUnits, zero } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import { chainTreasury, operatorCapital, suspense } from '../../domain/ledger-accounts.ts';
import type { DepositRecording, DepositTarget } from '../deposit-store.ts';
import type { Given } from '../store.conformance.ts';
import { availableOf } from './world.ts';

const nobodys: DepositTarget = { to: 'suspense', reason: 'unattributed' };

export function describeDeposits(given: Given): void {
  const recording = (changes: Partial<DepositRecording> = {}): DepositRecording => ({
    signature: 'sig',
    received: [{ asset: 'USDC', amount: baseUnits(100n), sourceOwner: 'source' }],
    target: nobodys,
    minimum: { SOL: zero, USDC: baseUnits(50n) },
    nowMs: given.world.nowMs,
    ...changes,
  });
  const to = (accountId: string): DepositTarget => ({
    to: 'account',
    accountId,
    route: 'memo',
    intentId: null,
  });

  describe('deposits', () => {
    it('are booked once per signature and asset, whatever is said later', async () => {
      const { store, world } = given;
      const [first, second] = [await world.openAccount(0n), await world.openAccount(0n)];
      await store.recordDeposit(recording({ target: to(first) }));
      const [sol, usdc] = [baseUnits(7n), baseUnits(999n)];
      const later = await store.recordDeposit(
        recording({
          target: to(second),
          received: [
            { asset: 'USDC', amount: usdc, sourceOwner: null },
            { asset: 'SOL', amount: sol, sourceOwner: null },
          ],
        }),
      );
      expect(later).toMatchObject([
        { asset: 'USDC', amount: 100n, accountId: first },
        { asset: 'SOL', amount: 7n, accountId: second },
      ]);
      expect(await availableOf(store, first)).toBe(100n);
      expect(await store.ledgerBalance(chainTreasury, 'USDC')).toBe(100n);
      expect(await store.verifyLedger()).toMatchObject({ balanced: true });
    });

    it('wait in suspense for the wallet they came from, and for no other', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(0n);
      await store.recordDeposit(recording());
      expect((await store.ledgerTotals()).liabilities.USDC).toBe(100n);
      const claim = { signature: 'sig', accountId, nowMs: world.nowMs };
      const refused = await store.claimDeposit({ ...claim, wallet: 'other' });
      expect(refused).toMatchObject([{ state: 'suspense', accountId: null }]);
      const claimed = await store.claimDeposit({ ...claim, wallet: 'source' });
      expect(claimed).toMatchObject([{ state: 'credited', accountId, route: 'claim' }]);
      expect(await store.claimDeposit({ ...claim, wallet: 'source' })).toEqual(claimed);
      expect(await store.ledgerBalance(suspense, 'USDC')).toBe(0n);
      expect(await availableOf(store, accountId)).toBe(100n);
    });

    it('below the minimum are credited together with what comes next', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(0n);
      const dust = (signature: string, amount: bigint) =>
        store.recordDeposit(
          recording({
            signature,
            target: to(accountId),
            received: [{ asset: 'USDC', amount: baseUnits(amount), sourceOwner: 'source' }],
          }),
        );
      await dust('a', 20n);
      await dust('b', 29n);
      expect(await availableOf(store, accountId)).toBe(0n);
      // It was meant for this account, so that whoever sent it has no say any more.
      const other = await world.openAccount(0n);
      const claim = { signature: 'a', accountId: other, wallet: 'source', nowMs: world.nowMs };
      expect(await store.claimDeposit(claim)).toMatchObject([{ state: 'suspense' }]);
      await dust('c', 1n);
      expect(await availableOf(store, accountId)).toBe(50n);
      const query = { accountId, state: 'credited' as const, beforeEntry: null, limit: 10 };
      const credited = await store.listDeposits(query);
      expect(credited.map(({ signature }) => signature)).toEqual(['c', 'b', 'a']);
    });

    it('count the largest dust first, so that none is buried under what others send', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(0n);
      const minimum = { SOL: zero, USDC: baseUnits(1_000n) };
      const dust = (signature: string, amount: bigint) => {
        const received = [{ asset: 'USDC' as const, amount: baseUnits(amount), sourceOwner: 'x' }];
        const target = to(accountId);
        return store.recordDeposit(recording({ signature, target, received, minimum }));
      };
      for (let i = 0; i < 500; i += 1) await dust(`spam${i}`, 1n);
      await dust('first', 400n);
      expect(await availableOf(store, accountId)).toBe(0n);
      await dust('second', 450n);
      expect(await availableOf(store, accountId)).toBe(400n + 450n + 499n);
      expect(await store.verifyLedger()).toMatchObject({ balanced: true });
    });

    it('are given away by the operator once, to an account or to the capital', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(0n);
      await store.recordDeposit(recording());
      await store.recordDeposit(recording({ signature: 'second' }));
      const { nowMs } = world;
      expect(await store.assignDeposit({ signature: 'sig', accountId, nowMs })).toBe(true);
      expect(await store.assignDeposit({ signature: 'sig', accountId, nowMs })).toBe(false);
      const toCapital = { signature: 'second', accountId: null, nowMs };
      expect(await store.assignDeposit(toCapital)).toBe(true);
      expect(await store.ledgerBalance(operatorCapital, 'USDC')).toBe(100n);
      const page = { accountId: null, beforeEntry: null, limit: 1 };
      expect(await store.listDeposits({ ...page, state: 'suspense' })).toEqual([]);
      const [newest] = await store.listDeposits({ ...page, state: null });
      expect(newest).toMatchObject({ signature: 'second', route: 'operator' });
      const older = await store.listDeposits({
        ...page,
        state: null,
        beforeEntry: newest?.entry ?? 0,
      });
      expect(older).toMatchObject([{ signature: 'sig' }]);
    });

    it('are found by one-time references and by the tag of an account', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(0n);
      const intent = {
        intentId: 'int_1',
        accountId,
        reference: 'ref',
        asset: 'SOL' as const,
        amount: null,
        createdAtMs: 1,
        expiresAtMs: 10,
      };
      expect(await store.addDepositIntent(intent, 1)).toBe(true);
      const second = { ...intent, intentId: 'int_2', reference: 'other' };
      expect(await store.addDepositIntent({ ...second, createdAtMs: 9 }, 1)).toBe(false);
      expect(await store.addDepositIntent({ ...second, createdAtMs: 10 }, 1)).toBe(true);
      expect(await store.depositIntentsByReference(['x', 'ref'])).toEqual([intent]);
      expect(await store.depositIntent('int_1')).toEqual(intent);
      expect(await store.depositIntent('int_9')).toBeNull();
      const target = { ...to(accountId), intentId: 'int_1' };
      await store.recordDeposit(recording({ target }));
      expect(await store.depositsOfIntent('int_1')).toMatchObject([{ signature: 'sig' }]);

      expect(await store.depositTag(accountId, 'TAG')).toBe('TAG');
      expect(await store.depositTag(accountId, 'NEW')).toBe('TAG');
      const other = await world.openAccount(0n);
      expect(await store.depositTag(other, 'TAG')).toBeNull();
      expect(await store.accountsOfTags(['TAG', 'NEW'])).toEqual([accountId]);
    });
  });

  describe('the reading of deposits', () => {
    it('keeps how far it came and where it began', async () => {
      const { store } = given;
      expect(await store.depositCursor('address')).toBeNull();
      const cursor = { signature: 's1', slot: 5, startSlot: 5 };
      await store.saveDepositCursor('address', cursor);
      await store.saveDepositCursor('address', { signature: 's2', slot: 6, startSlot: 99 });
      const reopened = await given.reopen();
      expect(await reopened.depositCursor('address')).toEqual({
        signature: 's2',
        slot: 6,
        startSlot: 5,
      });
    });

    it('tries what it could not read again, later each time', async () => {
      const { store } = given;
      await store.setAsideDeposits(['a', 'b'], 0);
      expect(await store.depositsSetAside(1_999, 10)).toEqual([]);
      expect(await store.depositsSetAside(2_000, 10)).toEqual(['a', 'b']);
      await store.setAsideDeposits(['a'], 2_000);
      await store.forgetSetAside('b');
      expect(await store.depositsSetAside(5_999, 10)).toEqual([]);
      expect(await store.depositsSetAside(6_000, 10)).toEqual(['a']);
      for (let tries = 0; tries < 40; tries += 1) await store.setAsideDeposits(['a'], 0);
      expect(await store.depositsSetAside(3_599_999, 10)).toEqual([]);
      expect(await store.depositsSetAside(3_600_000, 10)).toEqual(['a']);
    });

    it('tells what a transaction is known as', async () => {
      const { store } = given;
      await store.addTreasurySignature('own', 'faucet-capital', 0);
      await store.recordDeposit(recording());
      expect(await store.signaturePurposes(['own', 'sig', 'x'])).toEqual(
        new Map([
          ['own', 'faucet-capital'],
          ['sig', 'deposit'],
        ]),
      );
    });

    it('is done by one worker at a time', async () => {
      const { store } = given;
      const lease = { name: 'watcher', owner: 'a', untilMs: 100 };
      expect(await store.holdWorkerLease(lease, 0)).toBe(true);
      expect(await store.holdWorkerLease({ ...lease, owner: 'b' }, 99)).toBe(false);
      expect(await store.holdWorkerLease({ ...lease, untilMs: 200 }, 99)).toBe(true);
      expect(await store.holdWorkerLease({ ...lease, owner: 'b' }, 199)).toBe(false);
      await store.releaseWorkerLease('watcher', 'b');
      expect(await store.holdWorkerLease({ ...lease, owner: 'b' }, 199)).toBe(false);
      await store.releaseWorkerLease('watcher', 'a');
      expect(await store.holdWorkerLease({ ...lease, owner: 'b' }, 199)).toBe(true);
    });
  });
}
