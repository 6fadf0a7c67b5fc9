import { getAccount } from '@node3/shared/routes/accounts';
import { appendLogs, type ExecutionResult } from '@node3/shared/routes/agents';
import { createJob, getJobLogs, type LogLine } from '@node3/shared/routes/jobs';
import { getReceipt } from '@node3/shared/routes/receipts';
import type { StreamMessage } from '@node3/shared/routes/stream';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

type Overrides = Parameters<typeof testJob>[0];

const cache = { maxAgeSec: 3_600 };
const image = `busybox@sha256:${'a'.repeat(64)}`;
const workload = { kind: 'container' as const, image, command: ['true'] };

async function setUp() {
  const [requester, agent] = await Promise.all([
    openFundedAccount(market),
    registerTestAgent(market),
  ]);
  const { client } = requester;
  const calls = testAgentCalls(agent.client);
  const post = (more: Overrides = {}) =>
    client.call(createJob, { body: testJob({ workload, cache, ...more }) });
  const postPlain = () => client.call(createJob, { body: testJob({ workload }) });
  async function run(result: Partial<ExecutionResult> = {}, lastLine = 'hello') {
    const offer = await calls.offer();
    await calls.run(offer);
    const lines = [
      { stream: 'stdout', atMs: clock.nowMs(), text: 'hello', partial: false },
      { stream: 'system', atMs: clock.nowMs(), text: lastLine, partial: false },
    ] as const;
    await agent.client.call(appendLogs, {
      params: { executionId: offer.executionId },
      body: { ...fenceOf(offer), seqFirst: 1, lines: [...lines] },
    });
    await calls.report(offer, { output: { answer: 42 }, ...result });
    return offer.jobId;
  }
  return { ...requester, post, postPlain, run };
}

describe('a job whose result there is already', () => {
  it('[4.19] has it at once, pays nothing, and shows the logs and the receipt of the run', async () => {
    const { client, apiKey, post, run } = await setUp();
    await post({ name: 'first' });
    const original = await run();
    const before = await client.call(getAccount, {});
    const reused = await post({
      name: 'second',
      labels: { stage: 'test' },
      price: { kind: 'fixed', reward: { amount: '5', asset: 'SOL' } },
    });
    const { jobId } = reused;
    expect(reused).toMatchObject({
      state: 'succeeded',
      reason: 'result_reused',
      fault: 'none',
      cachedFrom: original,
      exitCode: 0,
      output: { answer: 42 },
      executions: [],
      settlement: { state: 'none', held: { amount: '0' }, charged: { amount: '0' } },
    });
    expect((await client.call(getAccount, {})).balances).toEqual(before.balances);
    expect(await client.call(getJobLogs, { params: { jobId }, query: {} })).toMatchObject({
      data: [{ text: 'hello' }, { text: 'hello' }],
      ended: true,
    });
    expect(await liveLines(apiKey, jobId)).toEqual(['hello', 'hello']);
    expect((await client.call(getReceipt, { params: { jobId } })).receipt.jobId).toBe(original);
  });

  it('comes from the run and not from another reuse, and only while it is young enough', async () => {
    const { post, run } = await setUp();
    await post();
    const original = await run();
    clock.advance(3_000_000);
    expect((await post()).cachedFrom).toBe(original);
    clock.advance(600_000);
    expect((await post()).cachedFrom).toBe(original);
    clock.advance(1);
    expect(await post()).toMatchObject({ state: 'queued', cachedFrom: null });
    const newest = await run();
    expect((await post()).cachedFrom).toBe(newest);
  });

  it.each([
    ['another command', { workload: { ...workload, command: ['false'] } }],
    ['other resources', { resources: { cpus: 2 } }],
    ['other inputs', { inputs: [{ path: 'a', source: { kind: 'inline', contentBase64: '' } }] }],
  ] satisfies [string, object][])('runs with %s', async (_what, changed) => {
    const { post, run } = await setUp();
    await post();
    await run();
    expect(await post(changed as Overrides)).toMatchObject({ state: 'queued', cachedFrom: null });
  });

  it('runs when the other one failed, did not want to be reused, or is of another account', async () => {
    const { post, postPlain, run } = await setUp();
    await post();
    await run({ outcome: 'failed', reason: 'nonzero_exit', exitCode: 1 });
    await postPlain();
    await run();
    expect(await post()).toMatchObject({ state: 'queued' });
    await run();
    expect(await postPlain()).toMatchObject({ state: 'queued' });
    const stranger = await setUp();
    expect(await stranger.post()).toMatchObject({ state: 'queued' });
  });

  it('runs when some of the other output is missing', async () => {
    const { post, run } = await setUp();
    await post();
    await run({ output: undefined, outputOmitted: true });
    expect(await post()).toMatchObject({ state: 'queued' });
    await run({}, '[output truncated: the log limit of 1024 bytes is reached]');
    expect(await post()).toMatchObject({ state: 'queued' });
  });

  it('is repeated with the same key as the same job', async () => {
    const { apiKey, post, run } = await setUp();
    await post();
    await run();
    const request = async () => {
      const answer = await fetch(`${market.url}/api/v1/jobs`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': 'once',
        },
        body: JSON.stringify(testJob({ workload, cache })),
      });
      return ((await answer.json()) as { jobId: string }).jobId;
    };
    expect(await request()).toBe(await request());
  });
});

/** What the live socket says about the log of a job. */
async function liveLines(apiKey: string, jobId: string): Promise<string[]> {
  const socket = new WebSocket(`${market.url.replace('http', 'ws')}/api/v1/stream`);
  const texts: string[] = [];
  const ended = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as StreamMessage;
      if (message.type === 'ready') {
        socket.send(JSON.stringify({ op: 'subscribe', channel: `logs:${jobId}` }));
      }
      if (message.type !== 'lines') return;
      texts.push(...(message.lines as LogLine[]).map(({ text }) => text));
      if (message.ended) resolve();
    });
  });
  socket.addEventListener('open', () => socket.send(JSON.stringify({ op: 'auth', apiKey })));
  await ended;
  socket.close();
  return texts;
}

describe('a job whose image is a tag', () => {
  it('has to say that it does not mind', async () => {
    const { post, run } = await setUp();
    const tagged = { workload: { ...workload, image: 'busybox:latest' } };
    await expect(post(tagged)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      context: { errors: [{ pointer: '/cache' }] },
    });
    const anyTag = { ...tagged, cache: { ...cache, anyTag: true } };
    await post(anyTag);
    const original = await run();
    expect((await post(anyTag)).cachedFrom).toBe(original);
  });
});
