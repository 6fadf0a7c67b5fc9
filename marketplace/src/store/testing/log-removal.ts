import { describe, expect, it } from 'vitest';
import type { Given } from '../store.conformance.ts';
import { succeed } from './decisions.ts';
import { fenceOf } from './world.ts';

export function describeLogRemoval(given: Given): void {
  describe('logs as a whole', () => {
    it('end where so many lines of these streams begin', async () => {
      const { store, world } = given;
      const execution = await world.lease(await world.openAccount(), await world.registerAgent());
      const { jobId } = execution;
      await world.log(execution, 1, ['1', '2', '3']);
      await world.log(execution, 4, ['4'], 'stderr');
      await world.log(execution, 5, ['5', '6']);
      const tail = (stream: 'stdout' | 'stderr' | null, count: number) =>
        store.logTail({ jobId, stream, count });
      expect(await tail(null, 0)).toBe(6);
      expect(await tail(null, 2)).toBe(4);
      expect(await tail(null, 5)).toBe(1);
      expect(await tail('stdout', 3)).toBe(2);
      expect(await tail('stderr', 1)).toBe(0);
      expect(await tail(null, 100)).toBe(0);
      const both = await store.logTail({ jobId, stream: ['stdout', 'stderr'], count: 3 });
      expect(both).toBe(3);
    });

    it('go a few chunks at a time, once their job has been over for long, and say so', async () => {
      const { store, world } = given;
      const [accountId, agentId] = [await world.openAccount(), await world.registerAgent()];
      const old = await loggedJob(given, accountId, agentId, 'ended');
      world.nowMs += 1_000;
      const open = await loggedJob(given, accountId, agentId, 'open');
      const young = await loggedJob(given, accountId, agentId, 'ended');
      expect(await store.expiredLogs(world.nowMs, 10)).toEqual([old]);
      expect(await store.expiredLogs(world.nowMs + 1, 10)).toEqual([old, young]);
      expect(await store.expiredLogs(world.nowMs + 1, 1)).toEqual([old]);
      expect(await store.logRemovedAtMs(old)).toBeNull();
      expect(await store.removeLog(old, 2, 7_000)).toBe(false);
      expect(await store.expiredLogs(world.nowMs, 10)).toEqual([old]);
      expect(await store.removeLog(old, 2, 8_000)).toBe(true);
      expect(await store.logRemovedAtMs(old)).toBe(7_000);
      expect(await store.expiredLogs(world.nowMs, 10)).toEqual([]);
      const query = { afterSeq: 0, limit: 10, stream: null };
      expect(await store.readLogs({ ...query, jobId: old })).toEqual([]);
      expect(await store.readLogs({ ...query, jobId: open })).toHaveLength(3);
      expect(await store.job(old)).toMatchObject({ state: 'succeeded', logLines: 3 });
    });
  });
}

/** Three chunks of one line each. */
async function loggedJob(
  { store, world }: Given,
  accountId: string,
  agentId: string,
  end: 'ended' | 'open',
): Promise<string> {
  const execution = await world.lease(accountId, agentId);
  for (const seq of [1, 2, 3]) await world.log(execution, seq, [String(seq)]);
  if (end === 'ended') {
    const payoutId = `payout-of-${execution.jobId}`;
    await store.changeExecution(fenceOf(execution), agentId, succeed(world.nowMs, payoutId));
  }
  return execution.jobId;
}
