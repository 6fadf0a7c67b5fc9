import { limits } from '@node3/shared/limits';
import { describe, expect, it } from 'vitest';
import { decideDependency } from '../../domain/dependencies.ts';
import type { EndContext } from '../../domain/job-ending.ts';
import type { JobPosting } from '../job-store.ts';
import type { JobRow } from '../rows.ts';
import type { Given } from '../store.conformance.ts';
import { cancel } from './decisions.ts';
import { availableOf, type World } from './world.ts';

/** A job that is to wait for others of the account. */
export function waitingPosting(
  world: World,
  accountId: string,
  after: JobRow['spec']['after'],
): JobPosting {
  const posting = world.posting(accountId);
  return { ...posting, job: { ...posting.job, spec: { ...posting.job.spec, after } } };
}

/** Looks after everything that waits for this job. */
export async function settleAll({ store, nowMs }: World, neededJobId: string): Promise<void> {
  const context: EndContext = {
    nowMs,
    actor: 'marketplace',
    payoutId: 'none',
    payoutDueAtMs: nowMs,
    wallet: '',
  };
  for (const jobId of await store.waitingFor(neededJobId, 100)) {
    await store.settleDependency(neededJobId, jobId, (snapshot, isMet) =>
      decideDependency(snapshot, neededJobId, isMet, context),
    );
  }
  await store.finishDependency(neededJobId);
}

export function describeDependencies(given: Given): void {
  describe('dependencies', () => {
    it('keep a job from every agent until the last of them has ended', async () => {
      const { store, world } = given;
      const [accountId, agentId] = [await world.openAccount(), await world.registerAgent()];
      const [one, two] = [await world.post(accountId), await world.lease(accountId, agentId)];
      const { job } = await store.postJob(
        waitingPosting(world, accountId, [
          { jobId: one.jobId, condition: 'ended' },
          { jobId: two.jobId, condition: 'succeeded' },
        ]),
      );
      expect(job).toMatchObject({ dependenciesOpen: 2, queueDeadlineMs: limits.timestampMsMax });
      expect(await store.job(job.jobId)).toEqual(job);
      expect(await store.claimJob(world.claim(job.jobId, agentId))).toBeNull();
      expect((await store.queuedJobs(null, 10)).map(({ jobId }) => jobId)).toEqual([one.jobId]);
      expect(await store.endedDependencies(10)).toEqual([]);

      expect(await store.changeJob(one.jobId, cancel(world.nowMs))).toMatchObject({
        isAwaited: true,
      });
      expect(await store.endedDependencies(10)).toEqual([one.jobId]);
      await settleAll(world, one.jobId);
      expect(await store.endedDependencies(10)).toEqual([]);
      expect(await store.claimJob(world.claim(job.jobId, agentId))).toBeNull();

      await world.start(two);
      await world.succeed(two);
      await settleAll(world, two.jobId);
      expect(await store.dependenciesOf(job.jobId)).toEqual([
        { jobId: one.jobId, condition: 'ended', state: 'met' },
        { jobId: two.jobId, condition: 'succeeded', state: 'met' },
      ]);
      const queueDeadlineMs = world.nowMs + job.spec.limits.queueSec * 1_000;
      expect(await store.job(job.jobId)).toMatchObject({ dependenciesOpen: 0, queueDeadlineMs });
      expect(await store.claimJob(world.claim(job.jobId, agentId))).not.toBeNull();
    });

    it('end a job with a refund, once, and stay on the list until all are settled', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(10_000n);
      const needed = await world.post(accountId);
      const after = [{ jobId: needed.jobId, condition: 'succeeded' as const }];
      const { job } = await store.postJob(waitingPosting(world, accountId, after));
      await store.changeJob(needed.jobId, cancel(world.nowMs));
      await store.finishDependency(needed.jobId);
      expect(await store.endedDependencies(10)).toEqual([needed.jobId]);
      await settleAll(world, needed.jobId);
      expect(await store.job(job.jobId)).toMatchObject({
        state: 'failed',
        reason: 'dependency_failed',
        fault: 'requester',
        settlement: { state: 'released' },
      });
      expect(await availableOf(store, accountId)).toBe(10_000n);
      const again = await store.settleDependency(needed.jobId, job.jobId, () => {
        throw new Error('settled before');
      });
      expect(again).toBeNull();
    });

    it('refuse what is not there, and hold nothing', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(10_000n);
      const needed = await world.post(accountId);
      await store.changeJob(needed.jobId, cancel(world.nowMs));
      const post = (jobId: string) =>
        store.postJob(waitingPosting(world, accountId, [{ jobId, condition: 'succeeded' }]));
      await expect(post('job_none')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
      await expect(post(needed.jobId)).rejects.toMatchObject({ code: 'DEPENDENCY_UNMET' });
      const other = await world.post(await world.openAccount());
      await expect(post(other.jobId)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
      expect(await availableOf(store, accountId)).toBe(10_000n);
    });
  });

  describe('results', () => {
    it('stand for a later job of the account, which holds and costs nothing', async () => {
      const { store, world } = given;
      const [accountId, agentId] = [await world.openAccount(10_000n), await world.registerAgent()];
      const keyed = (cacheKey: string, finishedAfterMs: number): JobPosting => {
        const posting = world.posting(accountId);
        const job = { ...posting.job, cacheKey };
        return { ...posting, job, reuse: { cacheKey, finishedAfterMs } };
      };
      const first = await store.postJob(keyed('key', 0));
      const claimed = await store.claimJob(world.claim(first.job.jobId, agentId));
      if (claimed === null) throw new Error('a fresh job can be claimed');
      await world.succeed(claimed.execution);
      const { job } = await store.postJob(keyed('key', world.nowMs));
      expect(job).toMatchObject({
        state: 'succeeded',
        reason: 'result_reused',
        cachedFrom: first.job.jobId,
        settlement: { state: 'none', charged: 0n },
      });
      expect(await store.job(job.jobId)).toEqual(job);
      expect(await availableOf(store, accountId)).toBe(9_000n);
      const [late, other] = [keyed('key', world.nowMs + 1), keyed('other', 0)];
      for (const posting of [late, other]) {
        expect((await store.postJob(posting)).job).toMatchObject({ state: 'queued' });
      }
      expect(await store.verifyLedger()).toEqual({ balanced: true, problems: [] });
    });
  });
}
