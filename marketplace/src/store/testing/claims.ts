import { describe, expect, it } from 'vitest';
import type { Given } from '../store.conformance.ts';
import { requeue } from './decisions.ts';
import { fenceOf } from './world.ts';

export function describeClaims(given: Given): void {
  describe('claims', () => {
    it('gives one job to one of twenty claimers', async () => {
      const { store, world } = given;
      const job = await world.post(await world.openAccount());
      const agents = await Promise.all(Array.from({ length: 20 }, () => world.registerAgent()));
      const claims = await Promise.all(
        agents.map((agentId) => store.claimJob(world.claim(job.jobId, agentId))),
      );
      const won = claims.filter((claim) => claim !== null);
      expect(won).toHaveLength(1);
      expect(await store.executionsOfJob(job.jobId)).toEqual([won[0]?.execution]);
      expect(await store.job(job.jobId)).toEqual(won[0]?.job);
      expect(won[0]?.job).toMatchObject({ state: 'assigned', attempt: 1 });
    });

    it('answers a claim that is repeated with the same execution', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const agentId = await world.registerAgent();
      const [first, second] = [await world.post(accountId), await world.post(accountId)];
      const claimed = await store.claimJob(world.claim(first.jobId, agentId, [], 'claim'));
      const again = await store.claimJob(world.claim(second.jobId, agentId, [], 'claim'));
      expect(again).toEqual(claimed);
      expect(await store.executionByClaim(agentId, 'claim')).toEqual(claimed?.execution);
      expect(await store.executionByClaim(agentId, 'other')).toBeNull();
      expect((await store.job(second.jobId))?.state).toBe('queued');
    });

    it('gives nothing for a claim that is spent, but forgives an offer nobody accepted', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const agentId = await world.registerAgent();
      const [first, second] = [await world.post(accountId), await world.post(accountId)];
      await store.claimJob(world.claim(first.jobId, agentId, [], 'claim'));
      await store.changeJob(first.jobId, (snapshot, ledger) => {
        const change = requeue(world.nowMs)(snapshot, ledger);
        const reason = 'offer_not_accepted';
        return change && { ...change, execution: { ...change.execution, reason } };
      });
      const again = await store.claimJob(world.claim(first.jobId, agentId, [], 'claim'));
      if (again === null) throw new Error('an offer nobody accepted does not spend its claim');
      expect(again.execution.attempt).toBe(2);
      await world.succeed(again.execution);
      expect(await store.claimJob(world.claim(second.jobId, agentId, [], 'claim'))).toBeNull();
      expect((await store.job(second.jobId))?.state).toBe('queued');
    });

    it('refuses a device that a live execution of the agent uses, until it is over', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const [agentId, otherId] = [await world.registerAgent(), await world.registerAgent()];
      const [first, second] = [await world.post(accountId), await world.post(accountId)];
      const held = await store.claimJob(world.claim(first.jobId, agentId, ['gpu-0', 'gpu-1']));
      const blocked = world.claim(second.jobId, agentId, ['gpu-1', 'gpu-2']);
      expect(await store.claimJob(blocked)).toBeNull();
      expect((await store.job(second.jobId))?.state).toBe('queued');
      const leased = async () =>
        (await store.leasedDevices([agentId])).map((each) => each.deviceId);
      expect((await leased()).toSorted()).toEqual(['gpu-0', 'gpu-1']);
      expect(await store.leasedDevices([otherId])).toEqual([]);
      await store.changeJob(first.jobId, requeue(world.nowMs));
      expect(await leased()).toEqual([]);
      expect(await store.claimJob(blocked)).not.toBeNull();
      const elsewhere = await store.claimJob(world.claim(first.jobId, otherId, ['gpu-0', 'gpu-1']));
      expect(elsewhere?.execution.attempt).toBe(2);
      expect(held?.execution.devices.map((device) => device.id)).toEqual(['gpu-0', 'gpu-1']);
    });

    it('leaves a job alone that waits or is being cancelled', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const agentId = await world.registerAgent();
      const execution = await world.lease(accountId, agentId);
      await store.changeJob(execution.jobId, (snapshot, ledger) => {
        const change = requeue(world.nowMs)(snapshot, ledger);
        return change && { ...change, job: { ...change.job, notBeforeMs: world.nowMs + 1 } };
      });
      expect(await store.claimJob(world.claim(execution.jobId, agentId))).toBeNull();
      world.nowMs += 1;
      const claimed = await store.claimJob(world.claim(execution.jobId, agentId));
      expect(claimed?.job).toMatchObject({ notBeforeMs: null, reason: null, attempt: 2 });
    });

    it('finds live executions only', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const [agentId, otherId] = [await world.registerAgent(), await world.registerAgent()];
      const ended = await world.lease(accountId, agentId);
      const live = await world.lease(accountId, agentId);
      const other = await world.lease(accountId, otherId);
      await world.succeed(ended);
      expect(await store.liveExecutions(agentId)).toEqual([live]);
      expect(await store.liveExecutions(null)).toEqual([live, other]);
      const byId = await store.executionsById([live.executionId, ended.executionId, 'exe_unknown']);
      expect([...byId.keys()].toSorted()).toEqual([ended.executionId, live.executionId]);
      const jobIds = [ended.jobId, other.jobId, 'job_none'];
      const ofJobs = await store.executionsOfJobs(jobIds);
      expect(ofJobs.map(({ executionId }) => executionId)).toEqual([
        ended.executionId,
        other.executionId,
      ]);
      expect(await store.jobsById(jobIds)).toEqual(
        new Map(
          await Promise.all(
            [ended, other].map(async ({ jobId }) => [jobId, await store.job(jobId)] as const),
          ),
        ),
      );
      expect(fenceOf(live).attempt).toBe(1);
    });
  });
}
