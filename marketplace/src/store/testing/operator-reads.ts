import type { NewEvent } from '@node3/shared/events';
import { describe, expect, it } from 'vitest';
import type { Given } from '../store.conformance.ts';
import type { EndedSearch, EndedTime } from '../usage-store.ts';
import { cancel } from './decisions.ts';
import type { World } from './world.ts';

const turned: NewEvent = {
  name: 'switch.turned-on',
  atMs: 1,
  actor: 'operator',
  accountId: null,
  jobId: null,
  executionId: null,
  reason: null,
  data: { switch: 'read-only', why: 'a test' },
};
const suspended: NewEvent = { ...turned, name: 'account.suspended', data: { why: 'a test' } };

/** Uses each method of the store for the operator's pages at least once. */
export async function liveThroughOperatorReads(world: World, accountId: string): Promise<void> {
  const { store } = world;
  await store.turnOn({ name: 'read-only', reason: 'a test', sinceMs: 1 }, [turned]);
  await store.switches();
  await store.turnOff('read-only', []);
  await store.suspendAccount({ accountId, reason: 'a test', sinceMs: 1 }, [suspended]);
  await store.suspensions();
  await store.accountSummary(accountId);
  await store.restoreAccount(accountId, []);
  await store.findAccounts({ search: null, beforeAccountId: null, limit: 5 });
  await store.findAccounts({ search: 'acc_', beforeAccountId: null, limit: 5 });
  const search = { fromMs: 0, beforeMs: world.nowMs, jobsMax: 10, spanMs: 1_000 };
  for (const whose of [null, accountId]) {
    await store.endedSums({ ...search, accountId: whose });
    await store.endedTimes({ ...search, accountId: whose });
  }
  await store.allDeliveries({ state: 'failed', beforeDeliveryId: null, limit: 5 });
  await store.allDeliveries({ state: null, beforeDeliveryId: null, limit: 5 });
  await store.countFailedDeliveries(5);
  await store.webhooksById(['whk_1']);
  const page = { beforePayoutId: null, limit: 5, scanMax: 5 };
  await store.payoutsInState({ ...page, state: 'held' });
  await store.payoutsInState({ ...page, state: 'due' });
  await store.paymentCosts(0, 5);
}

export function describeOperatorReads(given: Given): void {
  describe('switches', () => {
    it('stay on over a restart with their first time and their last reason, until turned off', async () => {
      const on = { name: 'pause-matching' as const, sinceMs: 5 };
      await given.store.turnOn({ ...on, reason: 'first' }, [turned]);
      await given.store.turnOn({ ...on, reason: 'second', sinceMs: 9 }, [turned]);
      await given.reopen();
      expect(await given.store.switches()).toEqual([{ ...on, reason: 'second' }]);
      await given.store.turnOff('pause-matching', [turned]);
      expect(await given.store.switches()).toEqual([]);
      // What is off already is not turned off.
      await given.store.turnOff('pause-matching', [turned]);
      const events = await given.store.eventsAfter(0, 100);
      expect(events.filter(({ name }) => name === 'switch.turned-on')).toHaveLength(3);
    });
  });

  describe('accounts for the operator', () => {
    it('are found by how an id, a wallet or a name begins, with what they have', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(500n);
      await world.post(accountId, 200n);
      const named = await store.openAccount({
        accountId: world.ids.next('account'),
        wallet: 'Zwallet',
        name: 'Élan Works',
        key: null,
        nowMs: 1,
      });
      const find = async (search: string | null, limit = 9) =>
        (await store.findAccounts({ search, beforeAccountId: null, limit })).map(
          ({ account }) => account.accountId,
        );
      const other = named.account.accountId;
      expect(await find(null)).toEqual([other, accountId]);
      expect(await find(null, 1)).toEqual([other]);
      expect(await find('Élan w')).toEqual([other]);
      expect(await find('ÉLAN')).toEqual([other]);
      expect(await find('Zwal')).toEqual([other]);
      expect(await find(`w-${accountId}`)).toEqual([accountId]);
      expect(await find(accountId)).toEqual([accountId]);
      expect(await find('lan')).toEqual([]);
      expect(await store.accountSummary(accountId)).toMatchObject({
        balances: { USDC: { available: 300n, held: 200n }, SOL: { available: 0n, held: 0n } },
        openJobs: 1,
        suspension: null,
      });
      expect(await store.accountSummary('acc_none')).toBeNull();
    });

    it('are suspended until they are restored, and only those that there are', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const row = { accountId, reason: 'stolen', sinceMs: 7 };
      await store.suspendAccount(row, [suspended]);
      await store.suspendAccount({ ...row, reason: 'stolen card', sinceMs: 8 }, [suspended]);
      expect(await store.suspensions()).toEqual([{ ...row, reason: 'stolen card' }]);
      expect((await store.accountSummary(accountId))?.suspension).toMatchObject({ sinceMs: 7 });
      const nobody = store.suspendAccount({ ...row, accountId: 'acc_none' }, []);
      await expect(nobody).rejects.toMatchObject({ code: 'ACCOUNT_NOT_FOUND' });
      const restored: NewEvent = { ...suspended, name: 'account.restored' };
      for (let time = 0; time < 2; time += 1) await store.restoreAccount(accountId, [restored]);
      expect(await store.suspensions()).toEqual([]);
      const events = await store.eventsAfter(0, 1_000);
      expect(events.filter(({ name }) => name === 'account.restored')).toHaveLength(1);
    });
  });

  describe('jobs that ended', () => {
    it('are summed up for everybody or for one account, in slices of any size', async () => {
      const { store, world } = given;
      const [alice, bob] = [await world.openAccount(), await world.openAccount()];
      const agentId = await world.registerAgent();
      const fromMs = world.nowMs;
      for (const owner of [alice, bob, bob]) {
        const { jobId } = await world.post(owner);
        world.nowMs += 1_234;
        const claimed = await store.claimJob(world.claim(jobId, agentId));
        if (claimed === null) throw new Error('nobody else could have it');
        await world.start(claimed.execution);
        await world.succeed(claimed.execution);
      }
      const { jobId } = await world.post(alice);
      await store.changeJob(jobId, cancel(world.nowMs));
      const read = async (accountId: string | null, jobsMax: number) => {
        const search = { accountId, beforeMs: world.nowMs + 1, spanMs: 86_400_000, jobsMax };
        const found = { jobs: 0, times: [] as EndedTime[] };
        for (let nextMs: number | null = fromMs; nextMs !== null; ) {
          const slice: EndedSearch = { ...search, fromMs: nextMs };
          const sums: Awaited<ReturnType<typeof store.endedSums>> = await store.endedSums(slice);
          const times = await store.endedTimes(slice);
          expect(times.nextMs).toBe(sums.nextMs);
          found.jobs += sums.sums.reduce((all, sum) => all + sum.jobs, 0);
          found.times.push(...times.times);
          nextMs = sums.nextMs;
        }
        return found;
      };
      const waits = (times: EndedTime[]) => times.filter(({ of }) => of === 'queue');
      const all = await read(null, 9);
      expect(all.jobs).toBe(4);
      expect(waits(all.times)).toEqual([expect.objectContaining({ ms: 1_230, jobs: 3 })]);
      expect(all.times.filter(({ of }) => of === 'run')).toEqual([
        expect.objectContaining({ ms: 12, jobs: 3 }),
      ]);
      expect((await read(null, 1)).jobs).toBe(4);
      expect((await read(bob, 1)).jobs).toBe(2);
      expect(waits((await read(alice, 9)).times)[0]?.jobs).toBe(1);
    });
  });

  describe('payouts in a state', () => {
    it('are all found, page by page, though a page looks at few', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const agentId = await world.registerAgent();
      for (let count = 0; count < 3; count += 1) {
        const execution = await world.lease(accountId, agentId);
        await world.start(execution);
        await world.succeed(execution);
      }
      const walk = async (state: 'due' | 'held' | 'finalized') => {
        const found: string[] = [];
        let pages = 0;
        for (let before: string | null = null; pages < 9; pages += 1) {
          const search = { state, beforePayoutId: before, limit: 2, scanMax: 2 };
          const page: Awaited<ReturnType<typeof store.payoutsInState>> =
            await store.payoutsInState(search);
          found.push(...page.payouts.map(({ payoutId }) => payoutId));
          before = page.scannedTo;
          if (before === null) break;
        }
        return { found, pages };
      };
      const due = await walk('due');
      expect(due.found).toHaveLength(3);
      expect(new Set(due.found).size).toBe(3);
      expect(await walk('held')).toEqual({ found: [], pages: 0 });
      expect(await walk('finalized')).toEqual({ found: [], pages: 1 });
      expect(await store.paymentCosts(0, 5)).toEqual({
        payments: 0,
        lamports: 0n,
        oldestAtMs: null,
        firstAtMs: null,
      });
    });
  });
}
