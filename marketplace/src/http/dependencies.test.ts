import { getAccount } from '@node3/shared/routes/accounts';
import { createJobs } from '@node3/shared/routes/job-bulk';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancel as cancelled } from '../store/testing/decisions.ts';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  market = await startTestMarketplace({ clock });
});
afterEach(async () => {
  expect(await market.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  await market.stop();
});

type Condition = 'succeeded' | 'ended';

async function setUp() {
  const [{ client }, agent] = await Promise.all([
    openFundedAccount(market),
    registerTestAgent(market),
  ]);
  const read = (jobId: string) => client.call(getJob, { params: { jobId } });
  const post = (after: [string, Condition][] = [], more: Parameters<typeof testJob>[0] = {}) =>
    client.call(createJob, {
      body: testJob({ after: after.map(([jobId, condition]) => ({ jobId, condition })), ...more }),
    });
  const cancel = (jobId: string) => client.call(cancelJob, { params: { jobId } });
  const stateOf = async (jobId: string) => (await read(jobId)).state;
  return { client, calls: testAgentCalls(agent.client), read, post, cancel, stateOf };
}

const soon = { timeout: 20_000 };

describe('a job that waits for others', () => {
  it('[2.32] is held money for and offered to nobody until they have ended', async () => {
    const { calls, post, read, client } = await setUp();
    const first = await post();
    const second = await post();
    const last = await post([
      [first.jobId, 'succeeded'],
      [second.jobId, 'ended'],
    ]);
    expect(last).toMatchObject({ state: 'queued', waitsFor: 2, settlement: { state: 'held' } });
    for (const reason of ['exited', 'nonzero_exit'] as const) {
      const offer = await calls.offer();
      await calls.run(offer);
      const failed = { outcome: 'failed', reason, exitCode: 1 } as const;
      await calls.report(offer, reason === 'exited' ? {} : failed);
    }
    await expect.poll(async () => (await read(last.jobId)).waitsFor, soon).toBe(0);
    expect((await read(last.jobId)).after.map(({ state }) => state)).toEqual(['met', 'met']);
    const offer = await calls.offer();
    expect(offer.jobId).toBe(last.jobId);
    await calls.run(offer);
    await calls.report(offer);
    const { events } = await read(last.jobId);
    expect(events.map(({ type }) => type).slice(0, 4)).toEqual([
      'job.posted',
      'job.dependency-met',
      'job.dependency-met',
      'job.released',
    ]);
    const { balances } = await client.call(getAccount, {});
    expect(balances.SOL.held.amount).toBe('0');
  });

  it('has its whole time in the queue from then on, and waits as long as it takes before', async () => {
    const { calls, post, stateOf } = await setUp();
    const first = await post([], { limits: { queueSec: 600_000 } });
    const last = await post([[first.jobId, 'ended']], { limits: { queueSec: 60 } });
    clock.advance(599_000_000);
    const offer = await calls.offer();
    expect(await stateOf(last.jobId)).toBe('queued');
    await calls.run(offer);
    await calls.report(offer);
    await expect
      .poll(async () => (await market.store.job(last.jobId))?.queueDeadlineMs, soon)
      .toBe(clock.nowMs() + 60_000);
    clock.advance(60_000);
    await expect.poll(() => stateOf(last.jobId), soon).toBe('expired');
  });

  it('[2.32] fails with the whole chain behind it when one does not succeed, refunded', async () => {
    const { post, read, cancel } = await setUp();
    const first = await post();
    const chain = [first.jobId];
    for (let i = 0; i < 20; i += 1) {
      chain.push((await post([[chain.at(-1) ?? '', 'succeeded']])).jobId);
    }
    const late = await post([[chain.at(-1) ?? '', 'ended']]);
    await cancel(first.jobId);
    const last = chain.at(-1) ?? '';
    await expect.poll(async () => (await read(last)).state, soon).toBe('failed');
    for (const jobId of chain.slice(1)) {
      expect(await read(jobId)).toMatchObject({
        state: 'failed',
        reason: 'dependency_failed',
        fault: 'requester',
        waitsFor: 1,
        settlement: { state: 'released', charged: { amount: '0' } },
      });
    }
    await expect.poll(async () => (await read(late.jobId)).waitsFor, soon).toBe(0);
  });

  it('is one of very many, and all are released or ended with it', async () => {
    const { client, post, cancel } = await setUp();
    const needed = await post();
    const waiting = (condition: Condition) => ({
      ...testJob(),
      after: [{ jobId: needed.jobId, condition }],
    });
    for (const condition of ['succeeded', 'ended'] as const) {
      const jobs = Array.from({ length: 400 }, () => waiting(condition));
      await client.call(createJobs, { body: { jobs } });
    }
    await cancel(needed.jobId);
    await expect
      .poll(async () => {
        const { failed, queued, cancelled } = await market.store.countJobs();
        return [failed, queued, cancelled, await market.store.endedDependencies(1)];
      }, soon)
      .toEqual([400, 400, 1, []]);
    expect(await market.store.queuedJobs(null, 1_000)).toHaveLength(400);
  });

  it('can be cancelled while it waits, and no longer cares what becomes of them', async () => {
    const { post, read, cancel, calls } = await setUp();
    const first = await post();
    const last = await post([[first.jobId, 'succeeded']]);
    expect(await cancel(last.jobId)).toMatchObject({ state: 'cancelled' });
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    await expect
      .poll(async () => (await read(last.jobId)).after.map(({ state }) => state), soon)
      .toEqual(['met']);
    expect(await read(last.jobId)).toMatchObject({ state: 'cancelled', waitsFor: 1 });
  });

  it('is looked after by the next process when one dies in between', async () => {
    const { post, read } = await setUp();
    const first = await post();
    const waiting = await post([[first.jobId, 'succeeded']]);
    const released = await post([[first.jobId, 'ended']]);
    // The end is stored, and the process is gone before it looks who waited for it.
    await market.store.changeJob(first.jobId, cancelled(clock.nowMs()));
    expect(await read(waiting.jobId)).toMatchObject({ state: 'queued', waitsFor: 1 });
    await market.restart();
    await expect.poll(async () => (await read(waiting.jobId)).state, soon).toBe('failed');
    await expect.poll(async () => (await read(released.jobId)).waitsFor, soon).toBe(0);
  });
});

describe('posting a job that waits', () => {
  it('takes jobs that have ended at their word, and refuses those that failed', async () => {
    const { post, cancel, calls } = await setUp();
    const done = await post();
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    const gone = await cancel((await post()).jobId);
    expect(
      await post([
        [done.jobId, 'succeeded'],
        [gone.jobId, 'ended'],
      ]),
    ).toMatchObject({ waitsFor: 0, after: [{ state: 'met' }, { state: 'met' }] });
    expect((await calls.offer()).jobId).not.toBe(gone.jobId);
    await expect(post([[gone.jobId, 'succeeded']])).rejects.toMatchObject({
      code: 'DEPENDENCY_UNMET',
    });
  });

  it('knows only jobs of the same account, each once', async () => {
    const { post } = await setUp();
    const stranger = await setUp();
    const theirs = await stranger.post();
    const own = await post();
    await expect(post([[theirs.jobId, 'ended']])).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      context: { errors: [{ pointer: '/after/0/jobId', detail: 'is no job of this account' }] },
    });
    await expect(
      post([
        [own.jobId, 'ended'],
        [own.jobId, 'succeeded'],
      ]),
    ).rejects.toMatchObject({
      context: { errors: [{ pointer: '/after/1/jobId', detail: 'is named twice' }] },
    });
  });
});
