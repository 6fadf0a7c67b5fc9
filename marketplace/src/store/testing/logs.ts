import { describe, expect, it } from 'vitest';
import type { LogAppended } from '../job-store.ts';
import { toLineRows } from '../log-page.ts';
import type { Given } from '../store.conformance.ts';
import { eventOf, requeue } from './decisions.ts';
import { fenceOf } from './world.ts';

export function describeLogs(given: Given): void {
  describe('logs', () => {
    it('skips lines it has, refuses holes, and tells where to go on', async () => {
      const { store, world } = given;
      const execution = await world.lease(await world.openAccount(), await world.registerAgent());
      const { jobId } = execution;
      const log = async (seqFirst: number, ...lines: string[]) =>
        world.log(execution, seqFirst, lines).then(told);
      expect(await log(1, 'a', 'b', 'c')).toEqual({ ackedSeq: 3, stored: ['1 a', '2 b', '3 c'] });
      expect(await log(1, 'a', 'b', 'c')).toEqual({ ackedSeq: 3, stored: [] });
      expect(await log(3, 'c', 'dé', 'e')).toEqual({ ackedSeq: 5, stored: ['4 dé', '5 e'] });
      expect(await log(7, 'g')).toEqual({ ackedSeq: 5, stored: [] });
      expect(await texts(given, jobId, 0)).toEqual(['a', 'b', 'c', 'dé', 'e']);
      expect(await store.job(jobId)).toMatchObject({ logLines: 5, logBytes: 7 });
      expect((await store.execution(execution.executionId))?.logSeq).toBe(5);
    });

    it('counts lines that are not kept, and says so once for all in a row', async () => {
      const { store, world } = given;
      const execution = await world.lease(await world.openAccount(), await world.registerAgent());
      const { jobId, executionId } = execution;
      const drop = (seqFirst: number, ...lines: string[]) =>
        world.log(execution, seqFirst, lines, 'stdout', 'none').then(told);
      await world.log(execution, 1, ['a']);
      const marker = '[output truncated by the marketplace: its disk is nearly full]';
      expect(await drop(2, 'b', 'c')).toEqual({ ackedSeq: 3, stored: [`2 ${marker}`] });
      expect(await drop(4, 'd')).toEqual({ ackedSeq: 4, stored: [] });
      await world.log(execution, 5, ['e']);
      expect(await texts(given, jobId, 0)).toEqual(['a', marker, 'e']);
      expect(await store.job(jobId)).toMatchObject({ logLines: 3, logBytes: 2 + marker.length });
      expect((await store.execution(executionId))?.logSeq).toBe(5);
    });

    it('takes concurrent duplicates once', async () => {
      const { world } = given;
      const execution = await world.lease(await world.openAccount(), await world.registerAgent());
      const twice = [world.log(execution, 1, ['a', 'b']), world.log(execution, 1, ['a', 'b'])];
      expect((await Promise.all(twice)).map(({ ackedSeq }) => ackedSeq)).toEqual([2, 2]);
      expect(await texts(given, execution.jobId, 0)).toEqual(['a', 'b']);
    });

    it('numbers lines over all attempts and reads from anywhere', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const first = await world.lease(await world.openAccount(), agentId);
      const { jobId } = first;
      await world.log(first, 1, ['one', 'two']);
      await store.changeJob(jobId, requeue(world.nowMs));
      await expect(world.log(first, 3, ['late'])).rejects.toMatchObject({ code: 'LEASE_STALE' });
      const claimed = await store.claimJob(world.claim(jobId, agentId));
      if (claimed === null) throw new Error('the job is queued again');
      await world.log(claimed.execution, 1, ['three'], 'stderr');
      await world.log(claimed.execution, 2, ['four', 'five']);
      const query = { jobId, afterSeq: 0, limit: 10, stream: null };
      const all = await store.readLogs(query);
      expect(all.map(({ seq, attempt, text }) => [seq, attempt, text])).toEqual([
        [1, 1, 'one'],
        [2, 1, 'two'],
        [3, 2, 'three'],
        [4, 2, 'four'],
        [5, 2, 'five'],
      ]);
      for (let afterSeq = 0; afterSeq <= 5; afterSeq += 1) {
        expect(await store.readLogs({ ...query, afterSeq })).toEqual(all.slice(afterSeq));
        const page = await store.readLogs({ ...query, afterSeq, limit: 2 });
        expect(page).toEqual(all.slice(afterSeq, afterSeq + 2));
      }
      expect(await store.readLogs({ ...query, stream: 'stderr' })).toEqual([all[2]]);
      expect(await store.readLogs({ ...query, stream: 'system' })).toEqual([]);
    });

    it('put off the deadline of a run that has to show progress, until they are cut off', async () => {
      const { store, world } = given;
      const execution = await world.lease(await world.openAccount(), await world.registerAgent());
      const [progressMs, runDeadlineMs] = [5_000, world.nowMs + 60_000];
      await store.changeExecution(fenceOf(execution), execution.agentId, ({ job }) => ({
        execution: { progressMs, runDeadlineMs, deadlineMs: world.nowMs + progressMs },
        events: [eventOf(job, 'job.started', world.nowMs)],
      }));
      const deadlineMs = async () => (await store.execution(execution.executionId))?.deadlineMs;
      world.nowMs += 4_000;
      await world.log(execution, 1, ['a']);
      expect(await deadlineMs()).toBe(world.nowMs + progressMs);
      await world.log(execution, 1, ['a']);
      world.nowMs += 54_000;
      await world.log(execution, 2, ['b']);
      expect(await deadlineMs()).toBe(runDeadlineMs);
      await world.log(execution, 3, ['[cut off]'], 'system');
      expect(await store.execution(execution.executionId)).toMatchObject({
        progressMs: null,
        deadlineMs: runDeadlineMs,
      });
    });
  });
}

function told({ ackedSeq, stored }: LogAppended) {
  return { ackedSeq, stored: toLineRows(stored).map(({ seq, text }) => `${seq} ${text}`) };
}

async function texts({ store }: Given, jobId: string, afterSeq: number): Promise<string[]> {
  const lines = await store.readLogs({ jobId, afterSeq, limit: 100, stream: null });
  return lines.map((line) => line.text);
}
