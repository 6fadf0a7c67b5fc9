import { type Asset, baseUnits } from '@node3/shared/money';
import { array, asyncProperty, assert as check, constantFrom, integer, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf } from '../../domain/spending-caps.ts';
import type { Decide } from '../job-store.ts';
import type { Given } from '../store.conformance.ts';
import type { UsageSlice, UsageSum } from '../usage-store.ts';
import { cancel, succeed } from './decisions.ts';
import { fenceOf, type World } from './world.ts';

const dayMs = 86_400_000;

/** Uses each method of the store for usage at least once. */
export async function liveThroughUsage(world: World, accountId: string): Promise<void> {
  await world.store.usageSums({
    accountId,
    label: null,
    fromMs: 0,
    beforeMs: world.nowMs,
    jobsMax: 10,
  });
  await world.store.usageSums({
    accountId: null,
    label: 'team',
    fromMs: 0,
    beforeMs: world.nowMs,
    jobsMax: 10,
  });
  await world.store.recentRuns({ accountId, mark: 'echo', jobsMax: 10 });
}

export function describeUsage(given: Given): void {
  describe('usage', () => {
    it('is of jobs that ended in that time, with what they were charged', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const agentId = await world.registerAgent();
      const day = dayOf(world.nowMs);
      const run = async (price: bigint, owner = accountId) => {
        const execution = await world.lease(owner, agentId, price);
        await world.start(execution);
        await world.succeed(execution);
      };
      await run(1_000n);
      await run(2_000n);
      await run(4_000n, await world.openAccount());
      const { jobId } = await world.post(accountId);
      await store.changeJob(jobId, cancel(world.nowMs));
      world.nowMs = (day + 1) * dayMs;
      await run(8_000n);
      await world.post(accountId);

      const search = {
        accountId,
        label: null,
        fromMs: day * dayMs,
        beforeMs: (day + 2) * dayMs,
        jobsMax: 10,
      };
      const { sums, nextMs } = await store.usageSums(search);
      expect(nextMs).toBeNull();
      const rows = sums.map((sum) => [sum.day, sum.jobs, sum.charged, sum.asset]);
      expect(rows).toHaveLength(3);
      expect(rows).toContainEqual([day, 2, 3_000n, 'USDC']);
      expect(rows).toContainEqual([day, 1, 0n, 'USDC']);
      expect(rows).toContainEqual([day + 1, 1, 8_000n, 'USDC']);
      const first = await store.usageSums({ ...search, beforeMs: (day + 1) * dayMs });
      expect(first.sums.map((sum) => sum.day)).toEqual([day, day]);
      const all = await store.usageSums({ ...search, accountId: null });
      const byAccount = (owner: string) =>
        all.sums.reduce((sum, each) => (each.accountId === owner ? sum + each.charged : sum), 0n);
      expect(byAccount(accountId)).toBe(11_000n);
      expect(all.sums.reduce((sum, each) => sum + each.charged, 0n)).toBe(15_000n);
      let jobs = 0;
      for (let fromMs: number | null = search.fromMs; fromMs !== null; ) {
        const slice: UsageSlice = await store.usageSums({ ...search, fromMs, jobsMax: 1 });
        jobs += slice.sums.reduce((all, sum) => all + sum.jobs, 0);
        fromMs = slice.nextMs;
      }
      expect(jobs).toBe(4);
    });

    it('has the runs of the newest jobs with a mark, of that account alone', async () => {
      const { store, world } = given;
      const [accountId, other] = [await world.openAccount(), await world.openAccount()];
      const agentId = await world.registerAgent();
      const run = async (owner: string, end: 'succeed' | 'out_of_memory' | 'nonzero_exit') => {
        world.nowMs += 1;
        const execution = await world.lease(owner, agentId);
        await world.start(execution);
        if (end === 'succeed') return world.succeed(execution);
        const decide: Decide = (snapshot, ledger) => {
          const change = succeed(world.nowMs, world.ids.next('payout'))(snapshot, ledger);
          const ended = { ...change?.execution, state: 'failed' as const, reason: end };
          return change === null ? null : { ...change, execution: ended };
        };
        return store.changeExecution(fenceOf(execution), agentId, decide, 'result');
      };
      await run(accountId, 'out_of_memory');
      await run(accountId, 'succeed');
      await run(accountId, 'nonzero_exit');
      await run(other, 'succeed');
      await world.post(accountId);
      const ends = async (mark: string, jobsMax: number) =>
        (await store.recentRuns({ accountId, mark, jobsMax })).map((found) => found.end).toSorted();
      expect(await ends('"code":"echo hello"', 9)).toEqual(['out_of_memory', 'succeeded']);
      expect(await ends('"code":"echo hello"', 2)).toEqual(['succeeded']);
      expect(await ends('"code":"echo', 1)).toEqual([]);
      expect(await ends('"code":"other"', 9)).toEqual([]);
      const [found] = await store.recentRuns({ accountId, mark: 'echo', jobsMax: 2 });
      expect(found).toMatchObject({
        spec: { workload: { code: 'echo hello' } },
        runMs: 12.5,
        peakMemoryBytes: null,
      });
    });

    it('adds up to what the ledger took, whatever was run', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const job = record({
        price: integer({ min: 1, max: 1_000_000 }).map(BigInt),
        asset: constantFrom<Asset>('SOL', 'USDC'),
        end: constantFrom('succeed', 'cancel', 'stay'),
        laterMs: integer({ min: 0, max: dayMs }),
      });
      const jobs = array(job, { minLength: 1, maxLength: 6 });
      const property = asyncProperty(jobs, integer({ min: 1, max: 3 }), async (runs, jobsMax) => {
        const accountId = await world.openAccount(10_000_000n);
        await world.deposit(accountId, baseUnits(10_000_000n), world.ids.secret(16), 'SOL');
        const owned = async (asset: Asset) => {
          const { available, held } = (await store.accountBalances(accountId))[asset];
          return available + held;
        };
        const before = { SOL: await owned('SOL'), USDC: await owned('USDC') };
        const fromMs = world.nowMs;
        for (const { price, asset, end, laterMs } of runs) {
          world.nowMs += laterMs;
          if (end === 'succeed') {
            const execution = await world.lease(accountId, agentId, price, asset);
            await world.start(execution);
            await world.succeed(execution);
          } else {
            const { jobId } = await world.post(accountId, price, asset);
            if (end === 'cancel') await store.changeJob(jobId, cancel(world.nowMs));
          }
        }
        const sums: UsageSum[] = [];
        for (let next: number | null = fromMs; next !== null; ) {
          const search = {
            accountId,
            label: null,
            fromMs: next,
            beforeMs: world.nowMs + 1,
            jobsMax,
          };
          const slice: UsageSlice = await store.usageSums(search);
          sums.push(...slice.sums);
          next = slice.nextMs;
        }
        for (const asset of ['SOL', 'USDC'] as const) {
          const charged = sums.filter((sum) => sum.asset === asset).map((sum) => sum.charged);
          const total = charged.reduce((all, one) => all + one, 0n);
          expect(total).toBe(before[asset] - (await owned(asset)));
        }
        const ended = runs.filter(({ end }) => end !== 'stay').length;
        expect(sums.reduce((all, sum) => all + sum.jobs, 0)).toBe(ended);
      });
      await check(property, { numRuns: 10 });
    });
  });
}
