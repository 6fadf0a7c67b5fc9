import { limits } from '@node3/shared/limits';
import { drainOwnAgent } from '@node3/shared/routes/agent-identity';
import { heartbeatAgent } from '@node3/shared/routes/agents';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fenceOf, testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let clock: ManualClock;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;

beforeEach(async () => {
  clock = new ManualClock();
  market = await startTestMarketplace({ clock });
  requester = await openFundedAccount(market);
});
afterEach(() => market.stop());

const post = async (body: Parameters<typeof testJob>[0] = {}) =>
  (await requester.client.call(createJob, { body: testJob(body) })).jobId;
const read = (jobId: string) => requester.client.call(getJob, { params: { jobId } });

async function runInterruptible(preemptible: boolean) {
  const agent = await registerTestAgent(market);
  const calls = testAgentCalls(agent.client, { slots: 1, preemptible });
  await post({ placement: { interruptible: true } });
  const offer = await calls.offer();
  await calls.run(offer);
  return { ...agent, calls, offer };
}

const stopped = { outcome: 'cancelled', reason: 'cancelled_by_requester', exitCode: null } as const;

describe('an interruptible job', () => {
  it('[4.15] makes room for one that is not, goes back to the queue and is nobody’s fault', async () => {
    const { calls, client, offer } = await runInterruptible(true);
    const urgent = await post();
    clock.advance(limits.preemptAfterMs);
    await vi.waitFor(
      async () => {
        const asked = (await read(offer.jobId)).events.map(({ type }) => type);
        expect(asked).toContain('job.preempt-requested');
      },
      { timeout: 10_000 },
    );
    expect(await calls.poll({ claimId: null })).toEqual([
      { type: 'cancel', executionId: offer.executionId, attempt: 1 },
    ]);
    const { executionId } = offer;
    const executions = [{ executionId, ...fenceOf(offer) }];
    const body = { instanceId: 'instance-0000000001', executions, samples: [] };
    const beat = await client.call(heartbeatAgent, { body });
    expect(beat.executions).toMatchObject([{ executionId, verdict: 'cancel' }]);
    const earned = await calls.report(offer, { ...stopped, runMs: 5_000 });
    expect(earned).toMatchObject({ jobState: 'queued', payoutId: null });
    expect((await calls.offer()).jobId).toBe(urgent);
    const job = await read(offer.jobId);
    expect(job).toMatchObject({ state: 'queued', reason: 'preempted', fault: null });
    expect(job.executions).toMatchObject([{ state: 'cancelled', reason: 'preempted' }]);
    expect(job.settlement).toMatchObject({ state: 'held', charged: null });
    expect((await market.store.job(offer.jobId))?.failures).toEqual([]);
    expect((await market.store.verifyLedger()).problems).toEqual([]);
  });

  it('keeps its success when it ends before it hears of it', async () => {
    const { calls, offer } = await runInterruptible(true);
    await post();
    clock.advance(limits.preemptAfterMs);
    await vi.waitFor(
      async () => {
        const [execution] = await market.store.liveExecutions(null);
        expect(execution?.preemptedAtMs).not.toBeNull();
      },
      { timeout: 10_000 },
    );
    expect((await calls.report(offer)).jobState).toBe('succeeded');
  });

  it('makes no room on an agent that drains, which would not take the other, but on the next', async () => {
    const drained = await runInterruptible(true);
    await drained.client.call(drainOwnAgent, {});
    const { offer } = await runInterruptible(true);
    await post();
    clock.advance(limits.preemptAfterMs);
    await vi.waitFor(
      async () => {
        const live = await market.store.liveExecutions(null);
        const asked = live.filter(({ preemptedAtMs }) => preemptedAtMs !== null);
        expect(asked.map(({ executionId }) => executionId)).toEqual([offer.executionId]);
      },
      { timeout: 5_000 },
    );
  });

  it('hears of it again after the marketplace was away', async () => {
    const { calls, offer } = await runInterruptible(true);
    await post();
    clock.advance(limits.preemptAfterMs);
    await vi.waitFor(
      async () => {
        const [execution] = await market.store.liveExecutions(null);
        expect(execution?.preemptedAtMs).not.toBeNull();
      },
      { timeout: 10_000 },
    );
    await market.restart();
    const ended = await calls.report(offer, { ...stopped, runMs: 5_000 });
    expect(ended.jobState).toBe('queued');
  });
});

describe('a provider that has not agreed', () => {
  it('is not asked to stop anything', async () => {
    const { calls, offer } = await runInterruptible(false);
    const other = await registerTestAgent(market, 'other');
    const willing = testAgentCalls(other.client, { slots: 1, preemptible: true });
    await post({ placement: { interruptible: true } });
    const theirs = await willing.offer();
    await willing.run(theirs);
    await post();
    clock.advance(limits.preemptAfterMs);
    await vi.waitFor(
      async () => {
        const live = await market.store.liveExecutions(null);
        const asked = live.filter(({ preemptedAtMs }) => preemptedAtMs !== null);
        expect(asked.map(({ executionId }) => executionId)).toEqual([theirs.executionId]);
      },
      { timeout: 10_000 },
    );
    expect((await calls.report(offer)).jobState).toBe('succeeded');
  });
});
