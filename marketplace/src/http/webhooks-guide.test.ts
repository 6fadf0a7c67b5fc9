import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '@node3/shared/clock';
import { createJob } from '@node3/shared/routes/jobs';
import { createWebhook, listDeliveries, testWebhook } from '@node3/shared/routes/webhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

const root = join(import.meta.dirname, '../../..');

let market: TestMarketplace;
let receiver: ChildProcess | null = null;

beforeEach(async () => {
  market = await startTestMarketplace();
});
afterEach(async () => {
  receiver?.kill();
  await market.stop();
});

async function startReceiver(port: string, WEBHOOK_SECRET: string) {
  const guide = await readFile(join(root, 'docs/guides/webhooks.md'), 'utf8');
  const program = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
  receiver = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { WEBHOOK_SECRET, PORT: port },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (receiver.stdout === null) throw new Error('no output');
  const lines = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  return next;
}

/** A port that was free a moment ago: the URL is needed before the secret, and the secret by the program. */
async function freePort(): Promise<string> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return String(address.port);
}

describe('docs/guides/webhooks.md', () => {
  it('[2.31] shows a program that takes real webhooks and refuses others, as it is printed', async () => {
    const { client } = await openFundedAccount(market);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const body = { url, types: ['job.posted'] };
    const { secret, webhookId } = await client.call(createWebhook, { body });
    const next = await startReceiver(port, secret);
    expect(await next()).toBe(`listening ${port}`);
    const forged = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(Math.floor(systemClock.nowMs() / 1_000)),
      'webhook-signature': 'v1,AAAA',
    };
    const refused = await fetch(url, { method: 'POST', headers: forged, body: '{"type":"x"}' });
    expect(refused.status).toBe(401);
    await client.call(testWebhook, { params: { webhookId } });
    expect(await next()).toBe('webhook.tested null');
    const { jobId } = await client.call(createJob, { body: testJob() });
    expect(await next()).toBe(`job.posted ${jobId}`);
    const page = await client.call(listDeliveries, { params: { webhookId }, query: {} });
    expect(page.data.map(({ type }) => type)).toEqual(['job.posted', 'webhook.tested']);
  });
});
