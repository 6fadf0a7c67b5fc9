import { limits } from '@node3/shared/limits';
import { getAccount } from '@node3/shared/routes/accounts';
import { appendLogs, type ExecutionOffer, heartbeatAgent } from '@node3/shared/routes/agents';
import { cancelJob, createJob, getJob, getJobLogs } from '@node3/shared/routes/jobs';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fenceOf, nextClaimId, testAgentCalls } from '../testing/test-agent.ts';
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
afterEach(() => market.stop());

async function setUp() {
  const [requester, agent] = await Promise.all([
    openFundedAccount(market),
    registerTestAgent(market),
  ]);
  const calls = testAgentCalls(agent.client);
  const read = (jobId: string) => requester.client.call(getJob, { params: { jobId } });
  return { requester, agent, calls, read };
}

function beatOf(offer: ExecutionOffer) {
  const execution = { executionId: offer.executionId, ...fenceOf(offer) };
  return { body: { instanceId: 'instance-0000000001', executions: [execution], samples: [] } };
}

describe('the life of a job', () => {
  it('[7.12] holds the price, runs, pays the provider and shows every step', async () => {
    const { requester, calls, read } = await setUp();
    const posted = await requester.client.call(createJob, { body: testJob() });
    expect(posted).toMatchObject({
      state: 'queued',
      settlement: { state: 'held', held: { amount: '0.00105', asset: 'SOL' } },
    });
    const offer = await calls.offer();
    expect(offer).toMatchObject({ jobId: posted.jobId, attempt: 1 });
    await calls.run(offer);
    expect((await read(posted.jobId)).state).toBe('running');
    const reply = await calls.report(offer, { output: { answer: 42 } });
    expect(reply).toMatchObject({ jobState: 'succeeded', earned: { amount: '0.001' } });
    const done = await read(posted.jobId);
    expect(done).toMatchObject({
      state: 'succeeded',
      exitCode: 0,
      output: { answer: 42 },
      settlement: {
        state: 'captured',
        charged: { amount: '0.00105' },
        providerShare: { amount: '0.001' },
        fee: { amount: '0.00005' },
        refund: { amount: '0' },
        payout: { state: 'due', money: { amount: '0.001' } },
      },
    });
    expect(done.events.map((event) => event.type)).toEqual([
      'job.posted',
      'job.assigned',
      'execution.accepted',
      'execution.phase-changed',
      'job.started',
      'execution.ended',
      'job.ended',
      'settlement.decided',
      'payout.due',
    ]);
    expect(market.payoutWakes).toBe(1);
    expect((await market.store.verifyLedger()).problems).toEqual([]);
  });

  it('[4.11] gives a waiting agent the job the moment it is posted', async () => {
    const { requester, calls } = await setUp();
    const waiting = calls.poll({ waitSec: 20 });
    await vi.waitFor(async () => expect(await market.store.agents()).toHaveLength(1), 20_000);
    const posted = await requester.client.call(createJob, { body: testJob() });
    expect(await waiting).toMatchObject([{ type: 'offer', jobId: posted.jobId }]);
  });

  it('answers a claim whose reply got lost with the same offer', async () => {
    const { requester, calls } = await setUp();
    await requester.client.call(createJob, { body: testJob() });
    const claimId = nextClaimId();
    const [first] = await calls.poll({ claimId });
    const [again] = await calls.poll({ claimId });
    expect(again).toEqual(first);
  });

  it('charges a failing program for its run time and refunds the rest at once', async () => {
    const { requester, calls, read } = await setUp();
    const body = testJob({ limits: { runSec: 10 } });
    const { jobId } = await requester.client.call(createJob, { body });
    const offer = await calls.offer();
    await calls.run(offer);
    clock.advance(5_000);
    await calls.report(offer, {
      outcome: 'failed',
      reason: 'nonzero_exit',
      exitCode: 3,
      runMs: 5_000,
    });
    const job = await read(jobId);
    expect(job).toMatchObject({ state: 'failed', exitCode: 3, fault: 'requester' });
    expect(job.settlement).toMatchObject({
      state: 'split',
      providerShare: { amount: '0.0005' },
      fee: { amount: '0.000025' },
      refund: { amount: '0.000525' },
    });
    const account = await requester.client.call(getAccount, {});
    expect(account.balances.SOL).toMatchObject({
      available: { amount: '999.999475' },
      held: { amount: '0' },
    });
  });

  it('bills no more time than has passed here, whatever the agent says', async () => {
    const { requester, calls, read } = await setUp();
    const body = testJob({ limits: { runSec: 10 } });
    const { jobId } = await requester.client.call(createJob, { body });
    const offer = await calls.offer();
    await calls.run(offer);
    clock.advance(1_000);
    const wrong = { outcome: 'failed', reason: 'nonzero_exit', exitCode: 1, runMs: 9_999 } as const;
    await calls.report(offer, wrong);
    expect((await read(jobId)).settlement.providerShare).toEqual({
      amount: '0.0001',
      asset: 'SOL',
    });
  });

  it('[1.20] takes the same report twice and refuses a different one', async () => {
    const { requester, calls } = await setUp();
    await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    const first = await calls.report(offer);
    expect(await calls.report(offer)).toEqual(first);
    await expect(calls.report(offer, { runMs: 11 })).rejects.toMatchObject({
      code: 'RESULT_CONFLICT',
    });
    expect(market.payoutWakes).toBe(1);
  });

  it('[4.08] tries a provider fault again and ends after the last attempt, refunded', async () => {
    const { requester, calls, read } = await setUp();
    const { jobId } = await requester.client.call(createJob, {
      body: testJob({ retry: { attemptsMax: 2 } }),
    });
    for (const attempt of [1, 2]) {
      clock.advance(60_000);
      const offer = await calls.offer();
      expect(offer.attempt).toBe(attempt);
      await calls.run(offer);
      await calls.report(offer, { outcome: 'failed', reason: 'engine_error', exitCode: null });
    }
    expect(await read(jobId)).toMatchObject({
      state: 'failed',
      reason: 'engine_error',
      fault: 'provider',
      settlement: { state: 'released', refund: { amount: '0.00105' } },
    });
  });
});

describe('cancelling', () => {
  it('[7.12] ends a queued job at once with a full refund', async () => {
    const { requester } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const job = await requester.client.call(cancelJob, { params: { jobId } });
    expect(job).toMatchObject({ state: 'cancelled', settlement: { state: 'released' } });
    expect(await requester.client.call(cancelJob, { params: { jobId } })).toMatchObject({
      state: 'cancelled',
    });
  });

  it('[1.22] reaches a waiting agent at once and ends when it reports', async () => {
    const { requester, calls, read } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    const waiting = calls.poll({ claimId: null, waitSec: 20 });
    const asked = await requester.client.call(cancelJob, { params: { jobId } });
    expect(asked.state).toBe('running');
    expect(await waiting).toEqual([{ type: 'cancel', executionId: offer.executionId, attempt: 1 }]);
    await calls.report(offer, {
      outcome: 'cancelled',
      reason: 'cancelled_by_requester',
      exitCode: null,
    });
    expect((await read(jobId)).state).toBe('cancelled');
  });

  it('is told with the heartbeat too, for an agent that missed the message', async () => {
    const { requester, agent, calls } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    await requester.client.call(cancelJob, { params: { jobId } });
    const beat = await agent.client.call(heartbeatAgent, beatOf(offer));
    expect(beat.executions).toMatchObject([{ verdict: 'cancel' }]);
  });

  it('of a finished job is refused and changes nothing', async () => {
    const { requester, calls, read } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    const before = await read(jobId);
    await expect(requester.client.call(cancelJob, { params: { jobId } })).rejects.toMatchObject({
      code: 'JOB_STATE_INVALID',
    });
    expect(await read(jobId)).toEqual(before);
  });
});

describe('deadlines', () => {
  it('requeue an offer that nobody accepted', async () => {
    const { requester, calls, read } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    clock.advance(limits.offerAcceptMs + 1);
    await vi.waitFor(async () => expect((await read(jobId)).state).toBe('queued'), 5_000);
    await expect(calls.accept(offer)).rejects.toMatchObject({ code: 'LEASE_STALE' });
  });

  it('[1.10] [1.23] take a job from an agent that went silent, after lease and grace', async () => {
    const { requester, calls, read } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    clock.advance(limits.leaseMs + limits.leaseGraceMs + 1);
    await vi.waitFor(async () => expect((await read(jobId)).state).toBe('queued'), 5_000);
    await expect(calls.report(offer)).rejects.toMatchObject({ code: 'LEASE_STALE' });
    expect((await read(jobId)).executions).toMatchObject([
      { state: 'lost', reason: 'lease_expired' },
    ]);
  });

  it('are the end of every promise to an agent, whatever its heartbeats say', async () => {
    const { requester, agent, calls } = await setUp();
    await requester.client.call(createJob, { body: testJob({ limits: { runSec: 10 } }) });
    const offer = await calls.offer();
    await calls.run(offer);
    const leasesMs: number[] = [];
    for (let beats = 0; beats < 3; beats += 1) {
      const beat = await agent.client.call(heartbeatAgent, beatOf(offer));
      leasesMs.push(...beat.executions.map(({ leaseMs }) => leaseMs));
      clock.advance(30_000);
    }
    const endMs = 10_000 * limits.runBackstopFactor + limits.collectMs;
    expect(leasesMs).toEqual([limits.leaseMs, endMs - 30_000, endMs - 60_000]);
  });

  it('expire a job that nobody took, refunded', async () => {
    const { requester, read } = await setUp();
    const { jobId } = await requester.client.call(createJob, {
      body: testJob({ limits: { queueSec: 10 } }),
    });
    clock.advance(10_001);
    await vi.waitFor(async () => expect((await read(jobId)).state).toBe('expired'), 5_000);
    expect((await read(jobId)).settlement.state).toBe('released');
  });
});

describe('restart of the marketplace', () => {
  it('[1.11] keeps leases alive, however long it was away', async () => {
    const { requester, agent, calls, read } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    clock.advance(3_600_000);
    await market.restart();
    const after = testAgentCalls(agent.client);
    expect(await after.report(offer)).toMatchObject({ jobState: 'succeeded' });
    expect((await read(jobId)).state).toBe('succeeded');
  });

  it('offers queued jobs again', async () => {
    const { requester, agent } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    await market.restart();
    const offer = await testAgentCalls(agent.client).offer();
    expect(offer.jobId).toBe(jobId);
  });
});

describe('logs', () => {
  it('[1.21] are stored once, in order, and end with the job', async () => {
    const { requester, agent, calls } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    const send = (seqFirst: number, texts: string[]) =>
      agent.client.call(appendLogs, {
        params: { executionId: offer.executionId },
        body: {
          ...fenceOf(offer),
          seqFirst,
          lines: texts.map((text) => ({
            stream: 'stdout' as const,
            atMs: 1,
            text,
            partial: false,
          })),
        },
      });
    const followed: unknown[] = [];
    const reading = (async () => {
      const query = { follow: true };
      for await (const line of requester.client.lines(getJobLogs, { params: { jobId }, query })) {
        followed.push(line);
      }
    })();
    expect(await send(1, ['a', 'b'])).toEqual({ ackedSeq: 2 });
    expect(await send(1, ['a', 'b', 'c'])).toEqual({ ackedSeq: 3 });
    await calls.report(offer);
    await reading;
    expect(followed).toMatchObject([
      { seq: 1, text: 'a' },
      { text: 'b' },
      { text: 'c' },
      { ended: true },
    ]);
    const page = await requester.client.call(getJobLogs, {
      params: { jobId },
      query: { after: 1 },
    });
    expect(page).toMatchObject({ data: [{ text: 'b' }, { text: 'c' }], nextAfter: 3, ended: true });
  });
});
