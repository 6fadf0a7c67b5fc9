import type { Device } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import type { Money } from '@node3/shared/money';
import {
  acceptExecution,
  appendLogs,
  heartbeatAgent,
  pollAgent,
  releaseExecution,
  reportProgress,
} from '@node3/shared/routes/agents';
import { createJob, getJob, getJobLogs } from '@node3/shared/routes/jobs';
import { createQuote } from '@node3/shared/routes/quotes';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fenceOf, nextClaimId, successResult, testAgentCalls } from '../testing/test-agent.ts';
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
afterEach(() => market.stop());

const testDevice: Device = {
  id: 'GPU-1',
  vendor: 'nvidia',
  model: 'NVIDIA H100',
  modelId: 'h100-80gb',
  memoryBytes: 80e9,
  computeCapability: '9.0',
  driverVersion: null,
  simulated: false,
};

async function setUp() {
  const [requester, agent] = await Promise.all([
    openFundedAccount(market),
    registerTestAgent(market),
  ]);
  const calls = testAgentCalls(agent.client);
  const post = (body = testJob()) => requester.client.call(createJob, { body });
  const read = (jobId: string) => requester.client.call(getJob, { params: { jobId } });
  return { requester, agent, calls, post, read };
}

function heartbeatOf(offer: Parameters<typeof fenceOf>[0] & { executionId: string }) {
  return {
    instanceId: 'instance-0000000001',
    executions: [{ executionId: offer.executionId, ...fenceOf(offer) }],
    samples: [],
  };
}

describe('an agent with an ask that is no amount', () => {
  const gpuJob = (reward: Money) =>
    testJob({ resources: { gpus: { count: 1 } }, price: { kind: 'fixed', reward } });

  it.each([
    { amount: '0.0000001', asset: 'USDC' },
    { amount: '999999999999', asset: 'SOL' },
  ] as const)('keeps no job from others and is refused: $amount $asset', async (ask) => {
    const { agent } = await setUp();
    const requester = await openFundedAccount(market, { USDC: 10n ** 9n, SOL: 10n ** 12n });
    const asks = { SOL: null, USDC: null, [ask.asset]: ask };
    const poll = testAgentCalls(agent.client, { devices: [testDevice], asks }).poll();
    const [refused] = await Promise.allSettled([poll]);
    const body = gpuJob({ amount: '1', asset: ask.asset });
    expect(await requester.client.call(createJob, { body })).toMatchObject({ state: 'queued' });
    expect(refused).toMatchObject({
      reason: {
        code: 'REQUEST_INVALID',
        context: { errors: [{ pointer: `/offer/asks/${ask.asset}` }] },
      },
    });
  });

  it('can ask for more than any job pays without breaking a quote', async () => {
    const { agent } = await setUp();
    const asks = { SOL: null, USDC: { amount: '900000000000', asset: 'USDC' as const } };
    await testAgentCalls(agent.client, { devices: [testDevice], asks }).poll();
    const body = gpuJob({ amount: '1', asset: 'USDC' });
    const day = { ...body, limits: { runSec: 86_400 } };
    const quote = await market.anonymous.call(createQuote, { body: day });
    expect(quote.availability.agentsMatching).toBe(0);
  });
});

describe('an agent that never gets done', () => {
  it.each(['preparing', 'collecting'] as const)(
    'loses a job that it keeps %s for ever, though it sends heartbeats',
    async (phase) => {
      const { agent, calls, post, read } = await setUp();
      const { jobId } = await post(testJob({ retry: { attemptsMax: 1 } }));
      const offer = await calls.offer();
      const params = { executionId: offer.executionId };
      await agent.client.call(reportProgress, { params, body: { ...fenceOf(offer), phase } });
      // Longer than images may take to pull, and outputs to be uploaded.
      const everMs = 1_200_000 + limits.uploadOutputsMs;
      for (let waitedMs = 0; waitedMs < everMs; waitedMs += 30_000) {
        clock.advance(30_000);
        await agent.client.call(heartbeatAgent, { body: heartbeatOf(offer) });
      }
      await vi.waitFor(async () => expect((await read(jobId)).state).toBe('failed'), 5_000);
    },
  );

  it('is not believed a lease that its second accept did not give it', async () => {
    const { agent, calls, post } = await setUp();
    await post();
    const offer = await calls.offer();
    const accept = () =>
      agent.client.call(acceptExecution, {
        params: { executionId: offer.executionId },
        body: fenceOf(offer),
      });
    expect(await accept()).toEqual({ leaseMs: limits.leaseMs });
    clock.advance(20_000);
    expect(await accept()).toEqual({ leaseMs: limits.leaseMs - 20_000 });
  });

  it('does not use up the attempts of a job by never accepting it', async () => {
    const { calls, post, read } = await setUp();
    const { jobId } = await post(testJob({ retry: { attemptsMax: 1 } }));
    for (const attempt of [1, 2, 3]) {
      expect((await calls.offer()).attempt).toBe(attempt);
      clock.advance(limits.offerAcceptMs + 1);
      await vi.waitFor(async () => expect((await read(jobId)).state).toBe('queued'), 5_000);
      clock.advance(60_000);
    }
    expect((await calls.offer()).attempt).toBe(4);
  });

  it('does not keep a job alive past its time in the queue by never accepting it', async () => {
    const { calls, post, read } = await setUp();
    const { jobId } = await post(testJob({ limits: { queueSec: 60 } }));
    await calls.offer();
    clock.advance(61_000);
    await vi.waitFor(async () => expect((await read(jobId)).state).toBe('expired'), 5_000);
    expect(await read(jobId)).toMatchObject({
      reason: 'queue_timeout',
      settlement: { state: 'released' },
    });
  });

  it('is blamed for giving back what it had started', async () => {
    const { agent, calls, post } = await setUp();
    await post();
    const offer = await calls.offer();
    await calls.run(offer);
    const params = { executionId: offer.executionId };
    await agent.client.call(releaseExecution, { params, body: fenceOf(offer) });
    expect(await market.store.agent(agent.agentId)).toMatchObject({ jobsFailed: 1 });
  });
});

describe('an agent that sends nonsense', () => {
  it('can not make the log of a job unreadable', async () => {
    const { requester, agent, calls, post } = await setUp();
    const { jobId } = await post();
    const offer = await calls.offer();
    await calls.run(offer);
    const send = (atMs: number) =>
      agent.client.call(appendLogs, {
        params: { executionId: offer.executionId },
        body: {
          ...fenceOf(offer),
          seqFirst: 1,
          lines: [{ stream: 'stdout', atMs, text: 'x', partial: false }],
        },
      });
    await expect(send(8_640_000_000_000_001)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await send(8_640_000_000_000_000);
    const page = await requester.client.call(getJobLogs, { params: { jobId }, query: {} });
    expect(page.data).toHaveLength(1);
  });

  it('can not store more log than the job allows, and the cut is visible', async () => {
    const { requester, agent, calls, post, read } = await setUp();
    const { jobId } = await post(testJob({ limits: { logBytes: 1_024 } }));
    const offer = await calls.offer();
    await calls.run(offer);
    const text = 'x'.repeat(limits.logLineBytes);
    const lines = Array.from({ length: 100 }, () => ({
      stream: 'stdout' as const,
      atMs: 1,
      text,
      partial: false,
    }));
    for (let batch = 0; batch < 3; batch += 1) {
      const seqFirst = batch * 100 + 1;
      const { ackedSeq } = await agent.client.call(appendLogs, {
        params: { executionId: offer.executionId },
        body: { ...fenceOf(offer), seqFirst, lines },
      });
      expect(ackedSeq).toBe(seqFirst + 99);
    }
    expect((await read(jobId)).logBytes).toBeLessThan(2 * 1_024 * 1_024);
    const query = { last: 10 };
    const page = await requester.client.call(getJobLogs, { params: { jobId }, query });
    expect(page.data.at(-1)).toMatchObject({ stream: 'system' });
    expect(page.data.filter((line) => line.stream === 'system')).toHaveLength(1);
  });

  it.each([
    ['too large', JSON.stringify({ big: 'x'.repeat(300_000) })],
    ['nested deeper than anybody can write down', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('is paid for its work when the structured output is %s', async (_name, output) => {
    const { agent, calls, post, read } = await setUp();
    const { jobId } = await post();
    const offer = await calls.offer();
    await calls.run(offer);
    const body = JSON.stringify({ ...fenceOf(offer), result: { ...successResult, output: 0 } });
    const send = () =>
      fetch(`${market.url}/api/v1/executions/${offer.executionId}/result`, {
        method: 'POST',
        headers: { authorization: `Bearer ${agent.apiKey}`, 'content-type': 'application/json' },
        body: body.replace('"output":0', `"output":${output}`),
      });
    const first = await (await send()).json();
    expect(first).toMatchObject({ jobState: 'succeeded', earned: { amount: '0.001' } });
    expect(await (await send()).json()).toEqual(first);
    const job = await read(jobId);
    expect(job.output).toBeNull();
    expect(job.executions[0]?.detail).toContain('structured output was left out');
  });

  it('is refused the same device twice', async () => {
    const { agent } = await setUp();
    const device = {
      id: 'gpu-1',
      vendor: 'simulated' as const,
      model: 'x',
      modelId: null,
      simulated: true,
      memoryBytes: null,
      computeCapability: null,
      driverVersion: null,
    };
    const body = {
      instanceId: 'instance-0000000001',
      claimId: nextClaimId(),
      waitSec: 0,
      freeDeviceIds: ['gpu-1'],
      freeCpus: 8,
      freeMemoryBytes: 2 ** 34,
      offer: testOffer({ devices: [device, device] }),
    };
    await expect(agent.client.call(pollAgent, { body })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });
});

describe('an agent that says what only the marketplace can know', () => {
  it.each([
    'agent_removed',
    'poison',
    'dependency_failed',
    'result_reused',
    'queue_timeout',
    'offer_not_accepted',
    'result_overdue',
  ] as const)('is refused: %s', async (reason) => {
    const { calls, post, read } = await setUp();
    const { jobId } = await post(testJob({ retry: { attemptsMax: 1 } }));
    const offer = await calls.offer();
    await calls.run(offer);
    const failed = { outcome: 'failed', reason, exitCode: null } as const;
    await expect(calls.report(offer, failed)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await read(jobId)).toMatchObject({ state: 'running' });
  });
});
