import { limits } from '@node3/shared/limits';
import { drainOwnAgent, resumeOwnAgent } from '@node3/shared/routes/agent-identity';
import type { ExecutionResult } from '@node3/shared/routes/agents';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pauseAfter } from '../domain/agent-pause.ts';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testOffer,
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

type Agent = Awaited<ReturnType<typeof newAgent>>;

async function newAgent() {
  const { agentId, client } = await registerTestAgent(market);
  return { agentId, client, calls: testAgentCalls(client) };
}

async function newJob(overrides: Parameters<typeof testJob>[0] = {}) {
  const { client } = await openFundedAccount(market);
  const { jobId } = await client.call(createJob, { body: testJob(overrides) });
  return { client, jobId, read: () => client.call(getJob, { params: { jobId } }) };
}

/** Takes the one open job, starts it and reports how it failed. */
async function fail({ calls }: Agent, reason: ExecutionResult['reason']) {
  clock.advance(60_000);
  const offer = await calls.offer();
  await calls.run(offer);
  await calls.report(offer, { outcome: 'failed', reason, exitCode: null });
}

type Offer = Awaited<ReturnType<Agent['calls']['offer']>>;

/** Gives the agent so many jobs, each with one attempt, and lets it take them. */
async function hold({ calls }: Agent, jobs: number): Promise<Offer[]> {
  const offers: Offer[] = [];
  for (let i = 0; i < jobs; i += 1) {
    await newJob({ retry: { attemptsMax: 1 } });
    clock.advance(1);
    const offer = await calls.offer();
    await calls.run(offer);
    offers.push(offer);
  }
  clock.advance(1);
  return offers;
}

async function report({ calls }: Agent, offer: Offer, reason: ExecutionResult['reason']) {
  if (reason === 'exited') await calls.report(offer);
  else await calls.report(offer, { outcome: 'failed', reason, exitCode: null });
}

async function countsOf({ agentId }: Agent) {
  const agent = await market.store.agent(agentId);
  return { failed: agent?.jobsFailed, inRow: agent?.faultsInRow };
}

describe('a job that breaks one agent after another', () => {
  it('ends as poison, costs nobody anything and leaves the agents their names', async () => {
    const agents = [await newAgent(), await newAgent(), await newAgent()] as const;
    const { read } = await newJob({ retry: { attemptsMax: 5 } });
    await fail(agents[0], 'engine_error');
    await fail(agents[1], 'engine_error');
    expect(await countsOf(agents[0])).toEqual({ failed: 1, inRow: 1 });
    await fail(agents[2], 'engine_error');
    expect(await read()).toMatchObject({
      state: 'failed',
      reason: 'poison',
      fault: 'requester',
      settlement: { state: 'released', charged: { amount: '0' }, refund: { amount: '0.00105' } },
    });
    for (const agent of agents) expect(await countsOf(agent)).toEqual({ failed: 0, inRow: 0 });
  });

  it('is no poison while the faults differ, or one agent has them all', async () => {
    const agents = [await newAgent(), await newAgent()] as const;
    const { read } = await newJob({ retry: { attemptsMax: 4 } });
    await fail(agents[0], 'engine_error');
    await fail(agents[1], 'engine_error');
    await fail(agents[0], 'engine_error');
    expect((await read()).state).toBe('queued');
    await fail(await newAgent(), 'gpu_error');
    expect(await read()).toMatchObject({ state: 'failed', reason: 'gpu_error', fault: 'provider' });
    expect(await countsOf(agents[0])).toEqual({ failed: 2, inRow: 2 });
  });
});

describe('a retry', () => {
  it('[4.08] raises the priority that the job waits with, not the one it was posted with', async () => {
    const { jobId, read } = await newJob({ priority: 'low' });
    await fail(await newAgent(), 'engine_error');
    expect((await market.store.job(jobId))?.priority).toBe('normal');
    expect((await read()).spec).toMatchObject({ priority: 'low' });
  });

  it('[4.08] goes to an agent that has not failed the job while there is one', async () => {
    const [first, second, third] = [await newAgent(), await newAgent(), await newAgent()];
    const { jobId } = await newJob({ retry: { attemptsMax: 5 } });
    await fail(first, 'engine_error');
    await fail(second, 'gpu_error');
    // Both ask when the job is due, and it is passed over for as long as they may not have it.
    clock.advance(2_000);
    const waiting = [first, second].map(({ calls }) => calls.poll({ waitSec: 2 }));
    expect(await Promise.all(waiting)).toEqual([[], []]);
    expect((await third.calls.offer()).jobId).toBe(jobId);
  });

  it('is not made where retry.on does not name what happened', async () => {
    const { read } = await newJob({ retry: { on: ['lease_expired'] } });
    await fail(await newAgent(), 'engine_error');
    expect(await read()).toMatchObject({ state: 'failed', reason: 'engine_error' });
  });

  it('is not used up by offers that nobody took', async () => {
    const { read } = await newJob({ retry: { attemptsMax: 2 }, limits: { queueSec: 86_400 } });
    const [idle, busy] = [await newAgent(), await newAgent()];
    for (let i = 0; i < 4; i += 1) {
      clock.advance(60_000);
      const { jobId } = await idle.calls.offer();
      clock.advance(15_000);
      await expect
        .poll(async () => (await market.store.job(jobId))?.state, { timeout: 5_000 })
        .toBe('queued');
    }
    await fail(busy, 'engine_error');
    expect((await read()).state).toBe('queued');
    await fail(busy, 'engine_error');
    expect(await read()).toMatchObject({ state: 'failed', reason: 'engine_error', attempt: 6 });
  });
});

describe('an agent', () => {
  it('starts its row of faults anew with a success', async () => {
    const agent = await newAgent();
    await newJob({ retry: { attemptsMax: 1 } });
    await fail(agent, 'engine_error');
    expect(await countsOf(agent)).toEqual({ failed: 1, inRow: 1 });
    await newJob();
    const offer = await agent.calls.offer();
    await agent.calls.run(offer);
    await agent.calls.report(offer);
    expect(await countsOf(agent)).toEqual({ failed: 1, inRow: 0 });
  });

  it('has one fault in the row for an absence that ended several executions', async () => {
    const agent = await newAgent();
    await newJob({ retry: { attemptsMax: 1 } });
    await newJob({ retry: { attemptsMax: 1 } });
    const offers = [await agent.calls.offer(), await agent.calls.offer()];
    for (const offer of offers) await agent.calls.accept(offer);
    clock.advance(120_000);
    await expect.poll(() => countsOf(agent), { timeout: 5_000 }).toEqual({ failed: 2, inRow: 1 });
  });

  it('has one fault in the row for a restart that ended many, each of which it reports', async () => {
    const agent = await newAgent();
    const held = await hold(agent, 4);
    for (const offer of held) await report(agent, offer, 'agent_restarted');
    expect(await countsOf(agent)).toEqual({ failed: 4, inRow: 1 });
    expect((await market.store.agent(agent.agentId))?.state).toBe('active');
  });

  it('is paused all the same when it calls each of its faults a restart', async () => {
    const agent = await newAgent();
    for (const inRow of [1, 2, 3]) {
      const held = await hold(agent, 2);
      for (const offer of held) await report(agent, offer, 'agent_restarted');
      expect(await countsOf(agent)).toEqual({ failed: 2 * inRow, inRow });
    }
    expect((await market.store.agent(agent.agentId))?.state).toBe('paused');
  });

  it('has in its row each fault, each restart that ended something new, and nothing before a success', async () => {
    const steps = fc.array(fc.constantFrom('lease', 'restart', 'fault', 'success'), {
      minLength: 4,
      maxLength: 10,
    });
    // One that has as many jobs as it may have is offered none.
    const { slots } = testOffer();
    const walk = async (kinds: string[]) => {
      const agent = await newAgent();
      let held: Offer[] = [];
      let inRow = 0;
      /** Whether something is held that was leased after the last fault in the row. */
      let isNew = false;
      for (const kind of kinds) {
        if (inRow >= limits.faultsInRowMax) return;
        if (kind === 'lease' && held.length < slots) {
          held.push(...(await hold(agent, 1)));
          isNew = true;
        }
        if (kind === 'lease' || held.length === 0) continue;
        if (kind === 'restart') {
          for (const offer of held) await report(agent, offer, 'agent_restarted');
          held = [];
          if (isNew) inRow += 1;
          isNew = false;
          expect((await countsOf(agent)).inRow).toBe(inRow);
          continue;
        }
        const [offer] = held.splice(0, 1) as [Offer];
        await report(agent, offer, kind === 'fault' ? 'engine_error' : 'exited');
        inRow = kind === 'fault' ? inRow + 1 : 0;
        if (kind === 'fault') isNew = false;
        expect((await countsOf(agent)).inRow).toBe(inRow);
      }
      for (const offer of held) await report(agent, offer, 'exited');
    };
    await fc.assert(fc.asyncProperty(steps, walk), { numRuns: 5 });
  });

  it('is paused after three faults in a row, and gets work again when the pause is over', async () => {
    const agent = await newAgent();
    const failOne = async () => {
      await newJob({ retry: { attemptsMax: 1 } });
      await fail(agent, 'engine_error');
      return market.store.agent(agent.agentId);
    };
    await failOne();
    expect(await failOne()).toMatchObject({ state: 'active' });
    expect(await failOne()).toMatchObject({
      state: 'paused',
      stateReason: '3 executions in a row failed by the fault of the agent.',
      stateUntilMs: clock.nowMs() + 300_000,
      stateBy: 'marketplace',
    });
    const { jobId } = await newJob({ limits: { queueSec: 86_400 } });
    clock.advance(299_999);
    const types = (await agent.calls.poll()).map(({ type }) => type);
    expect(types).not.toContain('offer');
    clock.advance(1);
    expect((await agent.calls.offer()).jobId).toBe(jobId);
    expect((await market.store.agent(agent.agentId))?.state).toBe('active');
  });

  it('does not end its pause by a drain of its own', async () => {
    const agent = await newAgent();
    for (let i = 0; i < 3; i += 1) {
      await newJob({ retry: { attemptsMax: 1 } });
      await fail(agent, 'engine_error');
    }
    const drained = agent.client.call(drainOwnAgent, {});
    await expect(drained).rejects.toMatchObject({ code: 'AGENT_STATE_INVALID' });
    const resumed = agent.client.call(resumeOwnAgent, {});
    await expect(resumed).rejects.toMatchObject({ code: 'AUTH_FORBIDDEN' });
    expect((await market.store.agent(agent.agentId))?.state).toBe('paused');
  });
});

describe('a pause', () => {
  it('grows with each fault, up to six hours', () => {
    const minutes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99].map(
      (faults) => (pauseAfter(faults)?.forMs ?? 0) / 60_000,
    );
    expect(minutes).toEqual([0, 0, 5, 10, 20, 40, 80, 160, 320, 360, 360]);
  });
});
