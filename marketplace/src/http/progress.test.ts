import { limits } from '@node3/shared/limits';
import { appendLogs, type ExecutionOffer, reportProgress } from '@node3/shared/routes/agents';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdLease } from '../testing/hold-lease.ts';
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

beforeEach(async () => {
  clock = new ManualClock();
  market = await startTestMarketplace({ clock });
});
afterEach(async () => {
  expect(await market.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  await market.stop();
});

const progressSec = 10;
/** When the marketplace gives up on a silent run whose agent did not. */
const backstopMs = progressSec * 1_000 * limits.runBackstopFactor + limits.collectMs;

async function startSilentJob(jobLimits: Parameters<typeof testJob>[0] = {}) {
  const { client } = await openFundedAccount(market);
  const agent = await registerTestAgent(market);
  const calls = testAgentCalls(agent.client);
  const body = testJob({ limits: { progressSec, runSec: 3_600 }, ...jobLimits });
  const { jobId } = await client.call(createJob, { body });
  const offer = await calls.offer();
  await calls.run(offer);
  const execution = async () => market.store.execution(offer.executionId);
  return {
    agent,
    calls,
    offer,
    read: () => client.call(getJob, { params: { jobId } }),
    deadlineInMs: async () => ((await execution())?.deadlineMs ?? 0) - clock.nowMs(),
    write: (seqFirst: number, stream: 'stdout' | 'system') => write(agent, offer, seqFirst, stream),
  };
}

function write(
  { client }: Awaited<ReturnType<typeof registerTestAgent>>,
  offer: ExecutionOffer,
  seqFirst: number,
  stream: 'stdout' | 'system',
) {
  const lines = [{ stream, atMs: clock.nowMs(), text: 'a line', partial: false }];
  const params = { executionId: offer.executionId };
  return client.call(appendLogs, { params, body: { ...fenceOf(offer), seqFirst, lines } });
}

describe('a job that has to show progress', () => {
  it('is billed for its run time when its agent stops it for its silence', async () => {
    const { calls, offer, read } = await startSilentJob();
    clock.advance(36_000);
    await calls.report(offer, {
      outcome: 'timed_out',
      reason: 'no_progress',
      exitCode: null,
      runMs: 36_000,
    });
    expect(await read()).toMatchObject({
      state: 'timed_out',
      reason: 'no_progress',
      fault: 'requester',
      settlement: { state: 'split', providerShare: { amount: '0.00001' } },
    });
  });

  it('has its deadline put off by every line, up to that of the whole run', async () => {
    const runSec = 100;
    const { deadlineInMs, offer, write } = await startSilentJob({
      limits: { progressSec, runSec },
    });
    await holdLease(market, offer.executionId);
    expect(await deadlineInMs()).toBe(backstopMs);
    clock.advance(50_000);
    await write(1, 'stdout');
    expect(await deadlineInMs()).toBe(backstopMs);
    clock.advance(60_000);
    await write(2, 'stdout');
    const runBackstopMs = runSec * 1_000 * limits.runBackstopFactor + limits.collectMs;
    expect(await deadlineInMs()).toBe(runBackstopMs - 110_000);
  });

  it('is taken from an agent that neither writes nor stops it', async () => {
    const { read, calls, offer, deadlineInMs } = await startSilentJob({
      retry: { attemptsMax: 1 },
    });
    expect(await deadlineInMs()).toBe(backstopMs);
    await holdLease(market, offer.executionId);
    clock.advance(backstopMs);
    await expect.poll(async () => (await read()).state, { timeout: 5_000 }).toBe('failed');
    expect(await read()).toMatchObject({ reason: 'result_overdue', fault: 'provider' });
    await expect(calls.report(offer)).rejects.toMatchObject({ code: 'LEASE_STALE' });
  });

  it('may be silent once its log is cut off', async () => {
    const { deadlineInMs, write } = await startSilentJob();
    await write(1, 'system');
    expect(await deadlineInMs()).toBe(backstopMs);
    await write(2, 'stdout');
    await write(3, 'system');
    expect(await deadlineInMs()).toBe(3_600_000 * limits.runBackstopFactor + limits.collectMs);
  });
});

describe('a job that may be silent', () => {
  it('is not billed to its requester by an agent that says it was', async () => {
    const { calls, offer, read } = await startSilentJob({ limits: {} });
    clock.advance(36_000);
    await calls.report(offer, {
      outcome: 'timed_out',
      reason: 'no_progress',
      exitCode: null,
      runMs: 36_000,
    });
    expect(await read()).toMatchObject({ state: 'queued', reason: 'released_by_agent' });
  });
});

describe('how far an image is', () => {
  it('is told to the requester at once, and forgotten by no one who asks later', async () => {
    const { client, apiKey } = await openFundedAccount(market);
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client);
    const { jobId } = await client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.accept(offer);
    const report = (body: object) => {
      const params = { executionId: offer.executionId };
      const progress = { ...fenceOf(offer), phase: 'preparing' as const, ...body };
      return agent.client.call(reportProgress, { params, body: progress });
    };
    await report({});
    const read = (query = '') =>
      fetch(`${market.url}/api/v1/jobs/${jobId}${query}`, {
        headers: { authorization: `Bearer ${apiKey}` },
      });
    const before = await read();
    expect(await before.json()).toMatchObject({ executions: [{ imagePull: null }] });
    const since = encodeURIComponent(before.headers.get('etag') ?? '');
    const waiting = read(`?wait=30&since=${since}`);
    const imagePull = { bytesDone: 7, bytesTotal: null, layersDone: 0, layersTotal: 3 };
    expect(await report({ imagePull })).toEqual({ verdict: 'continue' });
    const seen = { state: 'preparing', imagePull };
    expect(await (await waiting).json()).toMatchObject({ executions: [seen] });
    await report({ phase: 'running' });
    expect(await client.call(getJob, { params: { jobId } })).toMatchObject({
      executions: [{ state: 'running', imagePull }],
    });
    const wrong = report({ imagePull: { ...imagePull, bytesDone: -1 } });
    await expect(wrong).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await calls.report(offer);
    await expect(report({ imagePull })).rejects.toMatchObject({ code: 'LEASE_STALE' });
  });
});
