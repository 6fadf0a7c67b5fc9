import { hourlyOffer } from '@node3/shared/metering';
import { fromMoney } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import { jobNeedsOf } from '../../domain/job-needs.ts';
import { needsOf } from '../../domain/matching.ts';
import type { EndedQuery } from '../job-store.ts';
import type { Given } from '../store.conformance.ts';
import { cancel } from './decisions.ts';
import { availableOf } from './world.ts';

export function describePosting(given: Given): void {
  describe('posting', () => {
    it('stores a job as it was posted and holds its price', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(1_500n);
      const job = await world.post(accountId, 1_000n);
      expect(await store.job(job.jobId)).toEqual(job);
      // Whatever a store keeps at hand is what it has written down.
      expect(await store.queuedJobs(null, 10)).toStrictEqual([await store.job(job.jobId)]);
      expect((await store.accountBalances(accountId)).USDC).toEqual({
        available: 500n,
        held: 1_000n,
      });
      expect(await store.countJobs()).toMatchObject({ queued: 1, succeeded: 0 });
    });

    it('counts what was posted by state and type', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      await world.post(accountId);
      const other = world.posting(accountId);
      const workload = { kind: 'container' as const, image: 'busybox', command: ['true'] };
      const spec = { ...other.job.spec, workload };
      const { job } = await store.postJob({ ...other, job: { ...other.job, spec } });
      await store.changeJob(job.jobId, cancel(world.nowMs));
      const counts = await store.countJobsByType();
      expect(counts.queued).toEqual({
        container: 0,
        python: 0,
        javascript: 0,
        typescript: 0,
        bash: 1,
      });
      expect(counts.cancelled).toMatchObject({ container: 1, bash: 0 });
    });

    it('stores nothing when the balance is too small', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(999n);
      const posting = world.posting(accountId, 1_000n);
      await expect(store.postJob(posting)).rejects.toMatchObject({
        code: 'FUNDS_INSUFFICIENT',
        context: { missing: '0.000001', asset: 'USDC' },
      });
      expect(await store.job(posting.job.jobId)).toBeNull();
      expect(await store.eventsOfJob(posting.job.jobId, 10)).toEqual([]);
      expect(await availableOf(store, accountId)).toBe(999n);
    });

    it('lets only as many of many concurrent postings through as the balance covers', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(2_500n);
      const postings = Array.from({ length: 8 }, () => world.post(accountId, 1_000n));
      const outcomes = await Promise.allSettled(postings);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
      expect((await store.accountBalances(accountId)).USDC).toEqual({
        available: 500n,
        held: 2_000n,
      });
    });

    it('answers a repeated request with the first job, and refuses another body', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(1_000n);
      const idempotency = { key: 'k', requestHash: 'h' };
      expect(await store.postedBefore(accountId, idempotency)).toBeNull();
      const [first, again] = await Promise.all([
        store.postJob({ ...world.posting(accountId), idempotency }),
        store.postJob({ ...world.posting(accountId), idempotency }),
      ]);
      expect(first.replayed).toBe(false);
      expect(again).toEqual({ job: first.job, replayed: true });
      const other = { key: 'k', requestHash: 'other' };
      expect(await store.postedBefore(accountId, idempotency)).toEqual(first.job);
      await expect(store.postedBefore(accountId, other)).rejects.toMatchObject({
        code: 'IDEMPOTENCY_MISMATCH',
      });
      await expect(
        store.postJob({ ...world.posting(accountId), idempotency: other }),
      ).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH', status: 422 });
      const strangerId = await world.openAccount();
      const stranger = await store.postJob({ ...world.posting(strangerId), idempotency: other });
      expect(stranger.replayed).toBe(false);
    });

    it('posts several together, or none of them', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount(2_500n);
      const [first, second, third] = [1, 2, 3].map(() => world.posting(accountId, 1_000n));
      if (first === undefined || second === undefined || third === undefined) return;
      const after = [{ jobId: first.job.jobId, condition: 'succeeded' as const }];
      const waiting = { ...second, job: { ...second.job, spec: { ...second.job.spec, after } } };
      await expect(store.postJobsTogether([first, waiting, third])).rejects.toMatchObject({
        code: 'FUNDS_INSUFFICIENT',
      });
      expect(await store.job(first.job.jobId)).toBeNull();
      expect((await store.accountBalances(accountId)).USDC).toMatchObject({ available: 2_500n });
      const idempotency = { key: 'k 0', requestHash: 'h' };
      const posted = await store.postJobsTogether([{ ...first, idempotency }, waiting]);
      expect(posted.map(({ job }) => job.dependenciesOpen)).toEqual([0, 1]);
      expect(await store.job(waiting.job.jobId)).toEqual(posted[1]?.job);
      const again = await store.postJobsTogether([{ ...third, idempotency }]);
      expect(again).toEqual([{ job: posted[0]?.job, replayed: true }]);
    });

    it('[4.13] counts unfinished jobs against the limit, and only those', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const post = () => store.postJob({ ...world.posting(accountId), openJobsMax: 2 });
      const { job } = await post();
      await post();
      await expect(post()).rejects.toMatchObject({ code: 'JOB_QUEUE_FULL' });
      await store.changeJob(job.jobId, cancel(world.nowMs));
      await expect(post()).resolves.toMatchObject({ replayed: false });
    });

    it('lists newest first, in pages that nothing can shift', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const otherId = await world.openAccount();
      const posted: string[] = [];
      for (let i = 0; i < 10; i += 1) {
        const job = await world.post(i % 5 === 4 ? otherId : accountId);
        if (i % 5 !== 4) posted.unshift(job.jobId);
        if (i % 3 === 0) await store.changeJob(job.jobId, cancel(world.nowMs));
      }
      const pages: string[] = [];
      let beforeJobId: string | null = null;
      for (;;) {
        const page = await store.listJobs({ accountId, states: null, beforeJobId, limit: 3 });
        if (page.length === 0) break;
        pages.push(...page.map((job) => job.jobId));
        beforeJobId = pages.at(-1) ?? null;
        await world.post(accountId);
      }
      expect(pages).toEqual(posted);
      const own = {
        accountId,
        beforeJobId: posted.at(0) ?? null,
        afterJobId: posted.at(5) ?? null,
      };
      const oldest = { ...own, states: null, limit: 3, order: 'oldest' } as const;
      const between = (await store.listJobs(oldest)).map(({ jobId }) => jobId);
      expect(between).toEqual(posted.slice(2, 5).toReversed());
      expect(await store.countJobsOf({ ...own, states: null }, 100)).toBe(4);
      expect(await store.countJobsOf({ ...own, states: ['cancelled'] }, 1)).toBe(1);
      const cancelled = await store.listJobs({
        accountId: null,
        states: ['cancelled', 'failed'],
        beforeJobId: null,
        limit: 100,
      });
      expect(cancelled.map((job) => job.state)).toEqual(Array(4).fill('cancelled'));
      const ids = cancelled.map((job) => job.jobId);
      expect(ids).toEqual(ids.toSorted().toReversed());
    });

    it('lists jobs by their end, in pages that nothing can shift', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const jobs = [];
      for (let i = 0; i < 8; i += 1) jobs.push(await world.post(accountId));
      const other = await world.post(await world.openAccount());
      await store.changeJob(other.jobId, cancel(world.nowMs));
      // Ended in another order than they were posted, and two of each in the same millisecond.
      const ended: string[] = [];
      const startMs = world.nowMs;
      for (const [turn, index] of [3, 0, 6, 1, 7, 4].entries()) {
        const { jobId } = jobs[index] ?? other;
        await store.changeJob(jobId, cancel(startMs + Math.floor(turn / 2) * 10));
        ended.push(jobId);
      }
      const place = (jobId: string) => Math.floor(ended.indexOf(jobId) / 2);
      const oldest = ended.toSorted((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
      const bounds = { accountId, states: null, beforeJobId: null, afterJobId: null };
      const all = { ...bounds, fromMs: 0, beforeMs: startMs + 1_000 };
      const idsOf = async (query: Partial<EndedQuery>) => {
        const asked = { ...all, beyond: null, limit: 100, order: 'newest' as const, ...query };
        return (await store.listEndedJobs(asked)).map(({ jobId }) => jobId);
      };
      for (const order of ['newest', 'oldest'] as const) {
        const pages: string[] = [];
        for (let beyond: EndedQuery['beyond'] = null; ; ) {
          const page = await store.listEndedJobs({ ...all, beyond, limit: 1, order });
          const [last] = page;
          if (last === undefined) break;
          pages.push(last.jobId);
          beyond = { finishedAtMs: last.finishedAtMs ?? 0, jobId: last.jobId };
        }
        expect(pages, order).toEqual(order === 'oldest' ? oldest : oldest.toReversed());
      }
      const middle = { fromMs: startMs + 10, beforeMs: startMs + 20 };
      expect(await idsOf({ ...middle, order: 'oldest' })).toEqual(oldest.slice(2, 4));
      expect(await idsOf({ states: ['succeeded'] })).toEqual([]);
      expect(await idsOf({ afterJobId: jobs[4]?.jobId ?? null })).toHaveLength(2);
      expect(await store.countEndedJobs({ ...all, states: ['cancelled'] }, 100)).toBe(6);
      expect(await store.countEndedJobs({ ...all, ...middle }, 100)).toBe(2);
      expect(await store.countEndedJobs(all, 4)).toBe(4);
      expect(await store.countEndedJobs({ ...all, states: ['failed'] }, 100)).toBe(0);
    });

    it('reads what the index needs of a queue, and each kind of needs once', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      // More than a double can say exactly.
      const huge = 10n ** 17n + 1n;
      const jobs = [await world.post(accountId), await world.post(accountId)];
      const dear = world.posting(await world.openAccount(huge), huge);
      await store.postJob(dear);
      await store.changeJob((await world.post(accountId)).jobId, cancel(world.nowMs));
      const first = await store.openJobs(null, 2);
      const rest = await store.openJobs(first.at(-1)?.jobId ?? null, 2);
      const rows = [...first, ...rest];
      expect(rows.map(({ jobId }) => jobId)).toEqual([...jobs, dear.job].map(({ jobId }) => jobId));
      expect(rows[0]).toEqual({
        jobId: jobs[0]?.jobId,
        accountId,
        priority: jobs[0]?.priority,
        asset: jobs[0]?.asset,
        notBeforeMs: null,
        queuedAtMs: jobs[0]?.queuedAtMs,
        createdAtMs: jobs[0]?.createdAtMs,
        agentId: null,
        failures: [],
        fairMs: jobs[0]?.fairMs,
        needsId: rows[1]?.needsId,
        hourlyOffer: rows[0]?.hourlyOffer,
        reward: rows[0]?.reward,
      });
      const { spec } = dear.job;
      if (spec.price.kind !== 'fixed') throw new Error('these jobs have a fixed price');
      expect(rows[2]?.reward).toBe(fromMoney(spec.price.reward));
      expect(rows[2]?.hourlyOffer).toBe(hourlyOffer(spec));
      const needs = await store.jobNeeds(rows.map(({ needsId }) => needsId));
      expect([...needs.values()]).toEqual([jobNeedsOf(needsOf(spec, null))]);
    });

    it('reads the queue oldest first in pages', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const ids: string[] = [];
      for (let i = 0; i < 5; i += 1) ids.push((await world.post(accountId)).jobId);
      const first = await store.queuedJobs(null, 3);
      const rest = await store.queuedJobs(first.at(-1)?.jobId ?? null, 3);
      expect([...first, ...rest].map((job) => job.jobId)).toEqual(ids);
    });
  });
}
