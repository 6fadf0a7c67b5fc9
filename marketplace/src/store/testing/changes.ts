import { describe, expect, it } from 'vitest';
import { feeRevenue, heldForJob, providerPayable } from '../../domain/ledger-accounts.ts';
import type { Fence } from '../rows.ts';
import type { Given } from '../store.conformance.ts';
import { cancel, eventOf, requeue, start } from './decisions.ts';
import { availableOf, fenceOf } from './world.ts';

export function describeChanges(given: Given): void {
  describe('changes', () => {
    it('ends a job, divides its money and creates the payout together', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const execution = await world.lease(await world.openAccount(), agentId);
      await world.start(execution);
      const outcome = await world.succeed(execution);
      expect(outcome).toMatchObject({ changed: true, replayed: false });
      expect(await store.job(execution.jobId)).toEqual(outcome.job);
      expect(await store.execution(execution.executionId)).toEqual(outcome.execution);
      expect(outcome.job).toMatchObject({ state: 'succeeded', output: { answer: 42 } });
      expect(outcome.execution).toMatchObject({ resultHash: 'result', runMs: 12.5 });
      expect(await store.payoutOfExecution(execution.executionId)).toMatchObject({
        payoutId: outcome.payoutId,
        amount: 900n,
      });
      expect(await store.ledgerBalance(heldForJob(execution.jobId), 'USDC')).toBe(0n);
      expect(await store.ledgerBalance(providerPayable(agentId), 'USDC')).toBe(900n);
      expect(await store.ledgerBalance(feeRevenue, 'USDC')).toBe(100n);
      expect(await store.agent(agentId)).toMatchObject({ jobsSucceeded: 1, jobsFailed: 0 });
    });

    it('keep how far an image and the work are, without an event, while the execution lives', async () => {
      const { store, world } = given;
      const execution = await world.lease(await world.openAccount(), await world.registerAgent());
      const imagePull = { bytesDone: 2 ** 40, bytesTotal: null, layersDone: 0, layersTotal: 2 };
      const workProgress = { percent: 12.5, stage: 'epoch 1', message: null };
      const { agentId } = execution;
      const record = async (fence: Fence) => {
        await store.recordImagePull(fence, agentId, imagePull);
        await store.recordWorkProgress(fence, agentId, workProgress);
      };
      const lastSeq = await store.lastEventSeq();
      await record(fenceOf(execution));
      const noted = { imagePull, workProgress };
      expect(await store.execution(execution.executionId)).toMatchObject(noted);
      expect(await store.lastEventSeq()).toBe(lastSeq);
      const stale = { code: 'LEASE_STALE' };
      const other = { ...fenceOf(execution), leaseHash: 'another' };
      await expect(record(other)).rejects.toMatchObject(stale);
      const late = store.recordWorkProgress(other, agentId, workProgress);
      await expect(late).rejects.toMatchObject(stale);
      await world.succeed(execution);
      await expect(record(fenceOf(execution))).rejects.toMatchObject(stale);
      expect(await store.execution(execution.executionId)).toMatchObject(noted);
    });

    it('answers the same result again and refuses a different one', async () => {
      const { store, world } = given;
      const execution = await world.lease(await world.openAccount(), await world.registerAgent());
      const first = await world.succeed(execution, 'one');
      const again = await world.succeed(execution, 'one');
      expect(again).toEqual({ ...first, changed: false, replayed: true });
      await expect(world.succeed(execution, 'two')).rejects.toMatchObject({
        code: 'RESULT_CONFLICT',
      });
      await expect(world.start(execution)).rejects.toMatchObject({ code: 'LEASE_STALE' });
      expect(await store.countPayouts()).toMatchObject({ due: 1 });
    });

    it('writes nothing for a token, attempt, agent or execution that does not hold the job', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const [agentId, otherId] = [await world.registerAgent(), await world.registerAgent()];
      const lost = await world.lease(accountId, agentId);
      await store.changeJob(lost.jobId, requeue(world.nowMs));
      const claimed = await store.claimJob(world.claim(lost.jobId, otherId));
      const before = await snapshotOf(given, lost.jobId);
      const fence = fenceOf(claimed?.execution ?? lost);
      const stale: [Fence, string][] = [
        [fenceOf(lost), agentId],
        [{ ...fence, leaseHash: 'guess' }, otherId],
        [{ ...fence, attempt: 1 }, otherId],
        [{ ...fence, executionId: lost.executionId }, otherId],
        [fence, agentId],
      ];
      for (const [wrong, who] of stale) {
        await expect(
          store.changeExecution(wrong, who, start(world.nowMs), 'hash'),
        ).rejects.toMatchObject({ code: 'LEASE_STALE' });
        await expect(
          store.appendLogs({
            fence: wrong,
            agentId: who,
            seqFirst: 1,
            blocks: [{ stream: 'stdout', atMs: 1, lineCount: 1, text: 'x\n' }],
            keep: 'all',
            nowMs: world.nowMs,
          }),
        ).rejects.toMatchObject({ code: 'LEASE_STALE' });
        expect(await store.renewLeases(who, [wrong], world.nowMs + 99_000)).toEqual([null]);
      }
      expect(await snapshotOf(given, lost.jobId)).toEqual(before);
    });

    it('never changes a job that is over', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(1_000n);
      const { jobId } = await world.post(accountId);
      await store.changeJob(jobId, cancel(world.nowMs));
      const before = await store.job(jobId);
      await expect(
        store.changeJob(jobId, ({ job }) => ({
          job: { state: 'queued' },
          events: [eventOf(job, 'job.requeued', world.nowMs)],
        })),
      ).rejects.toThrow('illegal transition');
      await expect(
        store.changeJob(jobId, ({ job }) => ({
          job: { exitCode: 1 },
          events: [eventOf(job, 'job.ended', world.nowMs)],
        })),
      ).rejects.toThrow();
      expect(await store.claimJob(world.claim(jobId, await world.registerAgent()))).toBeNull();
      expect(await store.job(jobId)).toEqual(before);
      expect(await availableOf(store, accountId)).toBe(1_000n);
    });

    it('refuses a change that separates a job from its execution, or has no event', async () => {
      const { store, world } = given;
      const execution = await world.lease(await world.openAccount(), await world.registerAgent());
      const before = await snapshotOf(given, execution.jobId);
      await expect(
        store.changeJob(execution.jobId, ({ job }) => ({
          job: { state: 'queued' },
          events: [eventOf(job, 'job.requeued', world.nowMs)],
        })),
      ).rejects.toThrow('assertion failed');
      await expect(
        store.changeJob(execution.jobId, () => ({ job: { exitCode: 1 }, events: [] })),
      ).rejects.toThrow('explained by an event');
      expect(await snapshotOf(given, execution.jobId)).toEqual(before);
    });

    it('says what is unknown and what did not change', async () => {
      const { store, world } = given;
      const job = await world.post(await world.openAccount());
      expect(await store.changeJob('job_unknown', cancel(world.nowMs))).toBeNull();
      const outcome = await store.changeJob(job.jobId, () => null);
      expect(outcome).toEqual({
        job,
        execution: null,
        changed: false,
        isAwaited: false,
        payoutId: null,
        earned: 0n,
      });
    });

    it('keeps everything over a reopening', async () => {
      const { world } = given;
      const execution = await world.lease(await world.openAccount(), await world.registerAgent());
      await world.log(execution, 1, ['hello']);
      await world.succeed(execution);
      const before = await snapshotOf(given, execution.jobId);
      await given.reopen();
      expect(await snapshotOf(given, execution.jobId)).toEqual(before);
    });
  });
}

async function snapshotOf({ store }: Given, jobId: string) {
  const query = { jobId, afterSeq: 0, limit: 100, stream: null };
  return {
    job: await store.job(jobId),
    executions: await store.executionsOfJob(jobId),
    events: await store.eventsOfJob(jobId, 100),
    lastEventSeq: await store.lastEventSeq(),
    logs: await store.readLogs(query),
    totals: await store.ledgerTotals(),
    payouts: [...(await store.payoutsOfJobs([jobId]))],
  };
}
