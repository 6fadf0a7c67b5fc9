import { baseUnits } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import type { Decide, JobClaim } from '../job-store.ts';
import type { PricedRun } from '../price-store.ts';
import type { Given } from '../store.conformance.ts';
import { cancel, succeed } from './decisions.ts';
import { fenceOf, type World } from './world.ts';

/** Uses each method of the store for prices at least once. */
export async function liveThroughPrices({ store, nowMs }: World): Promise<void> {
  const after = { finishedAtMs: 0, executionId: '' };
  await store.pricedRuns({ after, beforeMs: nowMs + 1, limit: 10 });
  await store.gpuProofsEnded({ endedAtMs: 0, proofId: '', deviceId: '' }, 10);
}

export function describePrices(given: Given): void {
  describe('prices', () => {
    it('are of runs on GPUs in the order in which they ended, and none of those that cost nothing', async () => {
      const { store, world } = given;
      const [accountId, agentId] = [await world.openAccount(), await world.registerAgent()];
      const begin = async (price: bigint, gpus: string[], rate: bigint | null) => {
        const { jobId } = await world.post(accountId, price);
        const claim = world.claim(jobId, agentId, gpus);
        const execution: JobClaim['execution'] = {
          ...claim.execution,
          rate: rate === null ? null : baseUnits(rate),
        };
        const claimed = await store.claimJob({ ...claim, execution });
        if (claimed === null) throw new Error('a fresh job can be claimed');
        await world.start(claimed.execution);
        world.nowMs += 10;
        return claimed.execution;
      };
      const run = async (...job: Parameters<typeof begin>) => {
        const execution = await begin(...job);
        await world.succeed(execution);
        return execution.executionId;
      };
      const runForNothing = async (...job: Parameters<typeof begin>) => {
        const execution = await begin(...job);
        const decide = succeedForNothing(world.nowMs);
        await store.changeExecution(fenceOf(execution), agentId, decide, 'result');
        return execution.executionId;
      };
      const fromMs = world.nowMs;
      const fixed = await run(1_000n, ['GPU-1'], null);
      await run(1_000n, [], null);
      const metered = await run(2_000n, ['GPU-1', 'GPU-2'], 700n);
      const free = await runForNothing(1_000n, ['GPU-1'], 700n);
      await world.lease(accountId, agentId);
      const first = { finishedAtMs: fromMs, executionId: '' };
      const beforeMs = world.nowMs + 1;
      const runs = await store.pricedRuns({ after: first, beforeMs, limit: 10 });
      expect(runs.map(({ executionId }) => executionId)).toEqual([fixed, metered, free]);
      expect(runs).toMatchObject([
        {
          asset: 'USDC',
          charged: true,
          rate: null,
          spec: { price: { kind: 'fixed' } },
          finishedAtMs: fromMs + 10,
        },
        { charged: true, rate: 700n, spec: null, devices: [{ id: 'GPU-1' }, { id: 'GPU-2' }] },
        { charged: false, rate: null, spec: null },
      ]);
      const walked: string[] = [];
      let after: Pick<PricedRun, 'finishedAtMs' | 'executionId'> = first;
      for (let next = runs; next.length > 0; ) {
        next = await store.pricedRuns({ after, beforeMs, limit: 1 });
        walked.push(...next.map(({ executionId }) => executionId));
        after = next.at(-1) ?? after;
      }
      expect(walked).toEqual([fixed, metered, free]);
      expect(await store.pricedRuns({ after: first, beforeMs: fromMs + 10, limit: 10 })).toEqual(
        [],
      );
    });
  });
}

/** All that was held goes back to the requester. */
function succeedForNothing(nowMs: number): Decide {
  return (snapshot, ledger) => {
    const done = succeed(nowMs, 'pay_none')(snapshot, ledger);
    const given = cancel(nowMs)(snapshot, ledger);
    if (done === null || given === null) return null;
    const { settlement, transfers } = given;
    if (settlement === undefined || transfers === undefined) return null;
    return { ...done, settlement, transfers, payout: null };
  };
}
