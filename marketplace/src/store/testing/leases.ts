import { limits } from '@node3/shared/limits';
import { describe, expect, it } from 'vitest';
import { runBackstopMs } from '../../domain/overdue.ts';
import type { Given } from '../store.conformance.ts';
import { cancel, eventOf } from './decisions.ts';
import { fenceOf } from './world.ts';

export function describeLeases(given: Given): void {
  describe('leases', () => {
    it('renews in order, tells of a cancellation and never shortens a lease', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const agentId = await world.registerAgent();
      const first = await world.lease(accountId, agentId);
      const second = await world.lease(accountId, agentId);
      await store.changeJob(second.jobId, ({ job }) => ({
        job: { cancelRequestedAtMs: world.nowMs },
        events: [eventOf(job, 'job.cancel-requested', world.nowMs)],
      }));
      const unknown = { executionId: 'exe_unknown', attempt: 1, leaseHash: 'x' };
      const fences = [fenceOf(first), unknown, fenceOf(second)];
      expect(await store.renewLeases(agentId, fences, first.leaseUntilMs + 5)).toEqual([
        { cancelRequested: false, deadlineMs: first.deadlineMs },
        null,
        { cancelRequested: true, deadlineMs: second.deadlineMs },
      ]);
      await store.renewLeases(agentId, fences, first.leaseUntilMs - 5);
      const renewed = await store.execution(first.executionId);
      expect(renewed?.leaseUntilMs).toBe(first.leaseUntilMs + 5);
    });

    it('finds each kind of overdue work at its time, and not before', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const agentId = await world.registerAgent();
      const waiting = await world.post(accountId);
      const offered = await world.lease(accountId, agentId);
      const running = await world.lease(accountId, agentId);
      await world.start(running);
      const isDue = async (jobId: string, atMs: number) =>
        (await store.overdue(atMs, 10)).some((due) => due.jobId === jobId);

      expect(await isDue(waiting.jobId, waiting.queueDeadlineMs - 1)).toBe(false);
      expect(await isDue(waiting.jobId, waiting.queueDeadlineMs)).toBe(true);
      const acceptByMs = offered.acceptByMs ?? 0;
      expect(await isDue(offered.jobId, acceptByMs - 1)).toBe(false);
      expect(await store.overdue(acceptByMs, 10)).toEqual([
        { jobId: offered.jobId, executionId: offered.executionId },
      ]);
      const leaseEndMs = running.leaseUntilMs + limits.leaseGraceMs;
      expect(await isDue(running.jobId, leaseEndMs - 1)).toBe(false);
      expect(await isDue(running.jobId, leaseEndMs)).toBe(true);
      const runEndMs = runBackstopMs(world.nowMs, waiting.spec.limits.runSec);
      await store.renewLeases(agentId, [fenceOf(running)], runEndMs * 2);
      expect(await isDue(running.jobId, runEndMs - 1)).toBe(false);
      expect(await isDue(running.jobId, runEndMs)).toBe(true);
    });

    it('names a job once and nothing that is over, and keeps to the limit', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const agentId = await world.registerAgent();
      for (let i = 0; i < 3; i += 1) await world.lease(accountId, agentId);
      const over = await world.post(accountId);
      await store.changeJob(over.jobId, cancel(world.nowMs));
      const ended = await world.lease(accountId, agentId);
      await world.succeed(ended);
      const lateMs = world.nowMs * 2;
      expect(await store.overdue(lateMs, 10)).toHaveLength(3);
      expect(await store.overdue(lateMs, 2)).toHaveLength(2);
    });

    it('gives downtime back to live executions', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const agentId = await world.registerAgent();
      const offered = await world.lease(accountId, agentId);
      const running = await world.lease(accountId, agentId);
      await world.start(running);
      const ended = await world.lease(accountId, agentId);
      await world.succeed(ended);
      const downMs = 86_400_000;
      expect(await store.extendLeases(downMs)).toBe(2);
      expect(await store.execution(offered.executionId)).toMatchObject({
        leaseUntilMs: offered.leaseUntilMs + downMs,
        acceptByMs: (offered.acceptByMs ?? 0) + downMs,
      });
      expect(await store.overdue(world.nowMs + downMs, 10)).toEqual([]);
      expect((await store.execution(ended.executionId))?.leaseUntilMs).toBe(ended.leaseUntilMs);
    });
  });
}
