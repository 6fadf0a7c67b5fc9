import { describe, expect, it } from 'vitest';
import type { EventRow } from '../rows.ts';
import type { Given } from '../store.conformance.ts';
import { newKeyRow } from './agent-rows.ts';
import { cancel } from './decisions.ts';

export function describeEvents(given: Given): void {
  describe('events', () => {
    it('announces what is stored, in order, without a gap, after it is on disk', async () => {
      const { store, world } = given;
      const heard: EventRow[] = [];
      const stored: boolean[] = [];
      const reads: Promise<void>[] = [];
      store.onEvents((events) => {
        heard.push(...events);
        const last = events.at(-1)?.seq ?? 0;
        reads.push(store.lastEventSeq().then((seq) => void stored.push(seq >= last)));
      });
      const accountId = await world.openAccount(3_000n);
      const agentId = await world.registerAgent();
      const posted = await Promise.allSettled(
        Array.from({ length: 5 }, () => world.post(accountId, 1_000n)),
      );
      const jobs = posted.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value] : [],
      );
      await Promise.all(jobs.map(({ jobId }) => store.claimJob(world.claim(jobId, agentId))));
      await Promise.all(jobs.map(({ jobId }) => store.changeJob(jobId, cancel(world.nowMs))));
      await Promise.all(reads);

      expect(jobs).toHaveLength(3);
      expect(heard).toEqual(await store.eventsAfter(0, 100));
      expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, index) => index + 1));
      expect(await store.lastEventSeq()).toBe(heard.length);
      expect(stored).not.toContain(false);
      expect(await store.eventsAfter(2, 2)).toEqual(heard.slice(2, 4));
      const [job] = jobs;
      const names = (await store.eventsOfJob(job?.jobId ?? '', 10)).map(({ name }) => name);
      expect(names).toEqual(['job.posted', 'job.assigned', 'job.ended']);
      const [first, second] = jobs.map(({ jobId }) => jobId);
      const jobIds = [first ?? '', second ?? '', 'job_none'];
      const theirs = heard.filter(({ jobId }) => jobIds.includes(jobId ?? ''));
      const all = {
        names: ['job.posted', 'job.assigned', 'job.ended'],
        sinceMs: null,
        executionId: null,
      };
      const read = (order: 'newest' | 'oldest', cursorSeq: number | null, limit: number) =>
        store.eventsOfJobs({ ...all, jobIds, order, cursorSeq, limit });
      expect(await read('oldest', null, 100)).toEqual(theirs);
      expect(await read('oldest', theirs[1]?.seq ?? 0, 2)).toEqual(theirs.slice(2, 4));
      expect(await read('newest', theirs[4]?.seq ?? 0, 2)).toEqual([theirs[3], theirs[2]]);
      expect(await read('newest', null, 1)).toEqual([theirs[5]]);
      const few = { ...all, jobIds, order: 'oldest' as const, cursorSeq: null, limit: 9 };
      expect(await store.eventsOfJobs({ ...few, jobIds: [] })).toEqual([]);
      const ended = theirs.filter(({ name }) => name === 'job.ended');
      expect(await store.eventsOfJobs({ ...few, names: ['job.ended'] })).toEqual(ended);
      expect(await store.eventsOfJobs({ ...few, names: ['job.ended'], limit: 1 })).toEqual([
        ended[0],
      ]);
      const sinceMs = Math.max(...theirs.map(({ atMs }) => atMs));
      const last = theirs.filter(({ atMs }) => atMs >= sinceMs);
      expect(await store.eventsOfJobs({ ...few, sinceMs })).toEqual(last);
      expect(await store.eventsOfJobs({ ...few, sinceMs: sinceMs + 1 })).toEqual([]);
      const executionId = theirs.find((one) => one.executionId !== null)?.executionId ?? '';
      const itsOwn = theirs.filter((one) => one.executionId === executionId);
      expect(itsOwn.length).toBeGreaterThan(0);
      expect(await store.eventsOfJobs({ ...few, executionId })).toEqual(itsOwn);
    });

    it('does not announce what was rolled back', async () => {
      const { store, world } = given;
      const heard: EventRow[] = [];
      store.onEvents((events) => void heard.push(...events));
      const open = (accountId: string) =>
        store.openAccount({
          accountId,
          wallet: `w-${accountId}`,
          name: null,
          key: newKeyRow('key_same', 'hash', { kind: 'account', accountId }, world.nowMs),
          nowMs: world.nowMs,
        });
      const outcomes = await Promise.allSettled([open('acc_1'), open('acc_2')]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      expect(heard.map(({ seq, accountId }) => [seq, accountId])).toEqual([
        [1, 'acc_1'],
        [2, 'acc_1'],
      ]);
      expect(await store.eventsAfter(0, 10)).toEqual(heard);
      expect(await store.account('acc_2')).toBeNull();
    });

    it('answers writers even when the listener fails', async () => {
      const { store, world } = given;
      store.onEvents(() => {
        throw new Error('listener');
      });
      await expect(world.openAccount()).resolves.toMatch(/^acc_/);
    });
  });
}
