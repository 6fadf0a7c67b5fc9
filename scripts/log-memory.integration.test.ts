import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { testAgentCalls } from '@node3/marketplace/testing/test-agent';
import { testOffer, testWallet } from '@node3/marketplace/testing/test-marketplace';
import { type Client, createClient } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import {
  appendLogs,
  type ExecutionOffer,
  heartbeatAgent,
  registerAgent,
} from '@node3/shared/routes/agents';
import { createJob } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DevNetwork, startDevNetwork } from './dev-network.ts';
import { limitMemory, type MemoryLimit, peakMemoryBytes } from './limited-memory.ts';

/** What docs/guides/deploy.md says for a machine of this size. */
const memoryBytes = 256 * 1024 ** 2;
const smallMachine = {
  NODE_OPTIONS: '--max-old-space-size=112 --max-semi-space-size=1',
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
/** As much as a job may have is 1,024, which takes minutes. */
const megabytes = Number(process.env['NODE3_TEST_LOG_MEGABYTES'] ?? 256);
/** The agent's own batches end at this many bytes of text, too. */
const batchLines = 60;
const batches = Math.floor((megabytes * 1024 ** 2) / (batchLines * limits.logLineBytes));
const instanceId = 'instance-of-this-test';

let limit: MemoryLimit;
let network: DevNetwork;
beforeAll(async () => {
  limit = await limitMemory(memoryBytes);
  network = await startDevNetwork({
    marketplaceIn: 'child',
    childEnv: smallMachine,
    childWithin: limit.within,
  });
}, 120_000);
afterAll(async () => {
  await network?.stop();
  await limit?.remove();
});

it('a log far larger than the memory goes in and out, past readers that are slow or stuck', async () => {
  const requester = await network.openRequester();
  const agent = await openAgent();
  const calls = testAgentCalls(agent, testOffer(), instanceId);
  const { jobId } = await requester.client.call(createJob, {
    body: {
      workload: { kind: 'container', image: 'c', command: ['true'] },
      limits: { logBytes: limits.logBytesMax },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    },
  });
  const offer = await calls.offer();
  await calls.run(offer);
  const logs = `${network.marketplaceUrl}/api/v1/jobs/${jobId}/logs`;
  const stuck = await openReader(`${logs}?follow=true`, requester.apiKey, 'text/event-stream');
  const slow = await openReader(`${logs}?follow=true`, requester.apiKey, 'application/x-ndjson');
  let slowText = '';
  const sent = createHash('sha256');
  for (let batch = 0; batch < batches; batch += 1) {
    const texts = textsOf(batch);
    for (const text of texts) sent.update(`${text}\n`);
    await send(agent, offer, batch, texts);
    slowText += String(slow.read() ?? '');
  }
  const { bytes, sha256 } = await download(`${logs}/download`, requester.apiKey);
  expect(bytes).toBe(batches * batchLines * limits.logLineBytes);
  expect(sha256).toBe(sent.digest('hex'));
  expectFirstLines(slowText);
  for (const reader of [stuck, slow]) reader.destroy();
  const pid = network.child?.pid() ?? 0;
  const peakBytes = await peakMemoryBytes(pid);
  const peak = `${Math.round(peakBytes / 1024 ** 2)} of ${memoryBytes / 1024 ** 2} MiB`;
  process.stdout.write(`log of ${megabytes} MiB: the marketplace had ${peak} at most\n`);
  expect(peakBytes).toBeLessThanOrEqual(memoryBytes);
}, 1_800_000);

async function openAgent(): Promise<Client> {
  const { marketplaceUrl: baseUrl } = network;
  const anonymous = createClient({ baseUrl });
  const proof = await testWallet().prove(anonymous, 'agent.register');
  const { apiKey } = await anonymous.call(registerAgent, {
    body: { ...proof, name: 'rig', version: '1.0.0' },
  });
  return createClient({ baseUrl, apiKey, timeoutMs: 120_000 });
}

/** Of the most characters each, and no two the same. */
function textsOf(batch: number): string[] {
  return Array.from({ length: batchLines }, (_, line) =>
    `${batch} ${line} `.padEnd(limits.logLineBytes - 1, 'x'),
  );
}

async function send(client: Client, offer: ExecutionOffer, batch: number, texts: string[]) {
  const { attempt, leaseToken, executionId } = offer;
  const lines = texts.map((text) => ({ stream: 'stdout' as const, atMs: 1, text, partial: false }));
  const body = { attempt, leaseToken, seqFirst: batch * batchLines + 1, lines };
  await untilTaken(() => client.call(appendLogs, { params: { executionId }, body }));
  if (batch % 8 > 0) return;
  const executions = [{ executionId, attempt, leaseToken }];
  await client.call(heartbeatAgent, { body: { instanceId, executions, samples: [] } });
}

/** What an agent does when it is told to wait. */
async function untilTaken(call: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await call();
      return;
    } catch (error) {
      if (!isMarketError(error, 'RATE_LIMITED')) throw error;
      await sleep(250);
    }
  }
}

/** An answer of which nothing is taken but by `read`. */
async function openReader(url: string, apiKey: string, accept: string): Promise<IncomingMessage> {
  const asked = request(url, { headers: { authorization: `Bearer ${apiKey}`, accept } });
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  return answer;
}

async function download(url: string, apiKey: string) {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } });
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    hash.update(chunk);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** What a slow reader has by now is the beginning, without a gap. */
function expectFirstLines(text: string): void {
  const whole = text.split('\n').slice(0, -1);
  const seqs = whole.filter((line) => line !== '').map((line) => JSON.parse(line).seq as number);
  expect(seqs.length).toBeGreaterThan(batchLines);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
}
