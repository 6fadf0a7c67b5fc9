import { createClient } from '@node3/shared/client';
import { limits } from '@node3/shared/limits';
import { explainJob, explainSpec } from '@node3/shared/routes/explain';
import { cancelJob, createJob } from '@node3/shared/routes/jobs';
import { setSwitch } from '@node3/shared/routes/switches';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleDevice } from '../domain/testing/matching-samples.ts';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

const gib = 1024 ** 3;
let market: TestMarketplace;
let clock: ManualClock;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;

beforeEach(async () => {
  clock = new ManualClock();
  market = await startTestMarketplace({ clock });
  requester = await openFundedAccount(market);
});
afterEach(() => market.stop());

async function join(offer: Parameters<typeof testAgentCalls>[1], name = 'rig') {
  const agent = await registerTestAgent(market, name);
  const calls = testAgentCalls(agent.client, offer);
  await calls.poll({ claimId: null });
  return { ...agent, calls };
}

const explain = (body: Parameters<typeof testJob>[0] = {}) =>
  requester.client.call(explainSpec, { body: testJob(body) });
const explainPosted = (jobId: string) => requester.client.call(explainJob, { params: { jobId } });

describe('an explanation of a spec', () => {
  it('says that nobody has come yet, and stores nothing', async () => {
    expect(await explain()).toMatchObject({
      jobId: null,
      possible: false,
      waitsFor: 'nobody_registered',
      agents: 0,
      candidates: [],
    });
    expect((await market.store.countJobs()).queued).toBe(0);
  });

  it('[4.14] counts who passes, names the nearest changes and lists candidates in the order asked for', async () => {
    const asks = { SOL: { amount: '2', asset: 'SOL' as const }, USDC: null };
    await join({ slots: 2, region: 'eu-west' }, 'small');
    await join({ devices: [sampleDevice({ memoryBytes: 8 * gib })], asks }, 'medium');
    await join({ devices: [sampleDevice()], region: 'eu' }, 'large');
    const resources = { gpus: { count: 1, memoryBytesMin: 16 * gib } };
    const found = await explain({ resources, priority: 'high' });
    expect(found).toMatchObject({
      possible: true,
      waitsFor: 'turn',
      counted: 'online',
      agents: 3,
      agentsFitting: 1,
      agentsRegistered: 3,
      strategy: 'score',
      candidates: [{ agentName: 'large', score: 1, now: true, waitsFor: null }],
      eta: null,
    });
    expect(found.constraints.slice(0, 3)).toMatchObject([
      { constraint: 'gpu_memory', passes: 2, fails: 1, failsOnlyThis: 0 },
      { constraint: 'gpu_count', passes: 2, fails: 1, failsOnlyThis: 1 },
      { constraint: 'price', passes: 2, fails: 1, failsOnlyThis: 0 },
    ]);
    const regional = await explain({ placement: { regions: ['eu'], strategy: 'least_loaded' } });
    expect(regional.candidates.map(({ agentName }) => agentName)).toEqual(['large', 'small']);
    expect(regional.alternatives).toMatchObject([
      { constraint: 'region', value: null, agents: 1, askMin: null },
    ]);
  });

  it('tells those that are gone from those that could never run it', async () => {
    await join({});
    clock.advance(limits.agentOfflineMs);
    expect(await explain()).toMatchObject({
      possible: true,
      waitsFor: 'nobody_online',
      counted: 'registered',
      agents: 1,
    });
    expect(await explain({ resources: { cpus: 200 } })).toMatchObject({
      possible: false,
      waitsFor: 'nobody_fits',
      alternatives: [{ constraint: 'cpus', value: 8, agents: 1 }],
    });
  });

  it('[4.21] suggests sizes from what the requester’s own jobs of the program needed', async () => {
    const { calls } = await join({ slots: 1, memoryBytes: 64 * gib });
    const other = await openFundedAccount(market);
    const run = async (
      client: typeof other.client,
      result: Parameters<typeof calls.report>[1],
      resources = {},
    ) => {
      await client.call(createJob, { body: testJob({ resources }) });
      const offer = await calls.offer();
      await calls.run(offer);
      clock.advance(10_000);
      await calls.report(offer, result);
      return offer.jobId;
    };
    const { client } = requester;
    expect((await explain()).sizing).toBeNull();
    await run(other.client, { peakMemoryBytes: 8 * gib });
    expect((await explain()).sizing).toBeNull();
    await run(client, {});
    expect((await explain()).sizing).toMatchObject({ memoryBytes: null, runSec: 1 });
    await run(client, { peakMemoryBytes: 2 * gib, runMs: 3_000 });
    await run(client, { peakMemoryBytes: gib, runMs: 4_500 });
    expect((await explain()).sizing).toEqual({
      memoryBytes: 2.5 * gib,
      runSec: 9,
      basis: {
        jobs: 3,
        peakMemoryBytesMax: 2 * gib,
        runMsMax: 4_500,
        oomJobs: 0,
        oomMemoryBytesMax: null,
      },
    });
    const exhausted = { outcome: 'failed', reason: 'out_of_memory', exitCode: 137 } as const;
    const jobId = await run(client, exhausted, { memoryBytes: 2 * gib });
    expect((await explain()).sizing).toMatchObject({
      memoryBytes: 3 * gib,
      basis: { jobs: 3, oomJobs: 1, oomMemoryBytesMax: 2 * gib },
    });
    const workload = { kind: 'script' as const, language: 'python' as const, code: 'other()' };
    expect((await explain({ workload })).sizing).toBeNull();
    expect((await explainPosted(jobId)).sizing).toBeNull();
  });

  it('is what a job is refused with that nobody could run', async () => {
    await join({ memoryBytes: 2 * gib });
    const body = testJob({ resources: { memoryBytes: 4 * gib } });
    await expect(requester.client.call(createJob, { body })).rejects.toMatchObject({
      code: 'JOB_UNSATISFIABLE',
      context: {
        constraint: 'memory',
        alternatives: [{ pointer: '/resources/memoryBytes', value: 2 * gib, agents: 1 }],
      },
    });
  });
});

describe('an explanation of a job', () => {
  it('[4.12] says that all are busy, then that an agent has it, then that it is over', async () => {
    const { calls } = await join({ slots: 1 });
    await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    expect(await explainPosted(jobId)).toMatchObject({
      jobId,
      state: 'queued',
      waitsFor: 'all_busy',
      candidates: [{ freeSlots: 0, now: false, waitsFor: 'slots' }],
    });
    await calls.run(offer);
    await calls.report(offer);
    expect((await explainPosted(jobId)).waitsFor).toBe('turn');
    await calls.offer();
    expect(await explainPosted(jobId)).toMatchObject({ state: 'assigned', waitsFor: null });
    expect(await explainPosted(offer.jobId)).toMatchObject({ state: 'succeeded', waitsFor: null });
  });

  it('says that the operator assigns none, and no time of its start, while matching is paused', async () => {
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const turn = (on: boolean) =>
      operator.call(setSwitch, {
        params: { name: 'pause-matching' },
        body: { on, reason: 'a test of ours' },
      });
    await join({ slots: 1 });
    await turn(true);
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    expect(await explainPosted(jobId)).toMatchObject({ waitsFor: 'paused', eta: null });
    // What keeps it waiting anyway is said first.
    const body = { resources: { cpus: 200 } };
    expect(await explain(body)).toMatchObject({ waitsFor: 'nobody_fits' });
    await turn(false);
    expect((await explainPosted(jobId)).waitsFor).not.toBe('paused');
  });

  it('[1.11] knows who runs what after a restart', async () => {
    const { calls } = await join({ slots: 1 });
    await requester.client.call(createJob, { body: testJob() });
    await calls.offer();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    await calls.poll({ claimId: null });
    await market.restart();
    await calls.poll({ claimId: null });
    expect((await explainPosted(jobId)).waitsFor).toBe('all_busy');
    await requester.client.call(cancelJob, { params: { jobId } });
    expect((await explainPosted(jobId)).sentence).toBe('The job is over.');
  });

  it('tells how long the agent of a job has been silent, and when it is given up', async () => {
    const { calls } = await join({ slots: 1 });
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    expect((await explainPosted(jobId)).lease).toBeNull();
    const offer = await calls.offer();
    await calls.run(offer);
    const seenAtMs = clock.nowMs();
    clock.advance(20_000);
    const { lease } = await explainPosted(jobId);
    expect(Date.parse(lease?.agentSeenAt ?? '')).toBe(seenAtMs);
    expect(Date.parse(lease?.until ?? '')).toBe(seenAtMs + limits.leaseMs);
    expect(Date.parse(lease?.lostAt ?? '')).toBe(seenAtMs + limits.leaseMs + limits.leaseGraceMs);
  });

  it('is for its own requester', async () => {
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const other = await openFundedAccount(market);
    const asked = other.client.call(explainJob, { params: { jobId } });
    await expect(asked).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});
