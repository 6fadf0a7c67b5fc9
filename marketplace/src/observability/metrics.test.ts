import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { limits } from '@node3/shared/limits';
import { agentChannelUrl } from '@node3/shared/routes/agent-channel';
import { cancelJob, createJob } from '@node3/shared/routes/jobs';
import { streamUrl } from '@node3/shared/routes/stream';
import { createWebhook } from '@node3/shared/routes/webhooks';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
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
  market = await startTestMarketplace({ clock, metricsToken: null });
});
afterEach(() => market.stop());

const ask = (headers: Record<string, string> = {}) => fetch(`${market.url}/metrics`, { headers });

/** Samples of one metric as Prometheus reads them, by their labels. */
async function read(name: string): Promise<Record<string, number>> {
  clock.advance(limits.heartbeatMs);
  const text = await (await ask()).text();
  const samples = text.split('\n').flatMap((line) => {
    const match = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    return match?.[1] === name ? [[match[2] ?? '', Number(match[3])] as const] : [];
  });
  return Object.fromEntries(samples);
}

describe('what jobs leave in the metrics', () => {
  it('[11.01] is each change of state, once, with what became of the job', async () => {
    const { client } = await openFundedAccount(market);
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client);
    const once = { idempotencyKey: 'the-same-job-twice' };
    await client.call(createJob, { body: testJob() }, once);
    await client.call(createJob, { body: testJob() }, once);
    expect(await read('node3_jobs')).toMatchObject({ 'state="queued",type="container"': 1 });
    const offer = await calls.offer();
    await calls.accept(offer);
    await calls.run(offer);
    clock.advance(2_000);
    const result = {
      outcome: 'failed',
      reason: 'nonzero_exit',
      exitCode: 3,
      runMs: 1_500,
    } as const;
    await calls.report(offer, result);
    await calls.report(offer, result);

    expect(await read('node3_jobs_created_total')).toEqual({ 'type="container"': 1 });
    expect(await read('node3_job_transitions_total')).toEqual({
      'from="queued",to="assigned"': 1,
      'from="assigned",to="running"': 1,
      'from="running",to="failed"': 1,
    });
    expect(await read('node3_jobs_finished_total')).toEqual({
      'type="container",outcome="failed",reason="nonzero_exit"': 1,
    });
    expect(await read('node3_job_run_duration_seconds_sum')).toEqual({
      'type="container",gpu_class="none",outcome="failed"': 1.5,
    });
    expect(await read('node3_job_queue_duration_seconds_count')).toEqual({
      'gpu_class="none",priority="normal"': 1,
    });
    expect(await read('node3_jobs')).toMatchObject({
      'state="queued",type="container"': 0,
      'state="failed",type="container"': 1,
    });
    expect(await read('node3_idempotency_replays_total')).toEqual({ 'route="/api/v1/jobs"': 1 });
    expect(await read('node3_match_duration_seconds_count')).not.toEqual({ '': 0 });
  });

  it('is the money they hold and give back, and what was refused', async () => {
    const { client } = await openFundedAccount(market, { SOL: 1_500_000n });
    const { jobId } = await client.call(createJob, { body: testJob() });
    await expect(client.call(createJob, { body: testJob() })).rejects.toThrow();
    await client.call(cancelJob, { params: { jobId } });
    expect(await read('node3_payments_total')).toEqual({
      'currency="SOL",kind="deposit",outcome="success"': 1,
      'currency="SOL",kind="hold",outcome="success"': 1,
      'currency="SOL",kind="hold",outcome="refused"': 1,
      'currency="SOL",kind="refund",outcome="success"': 1,
    });
    expect(await read('node3_payment_amount_total')).toMatchObject({
      'currency="SOL",kind="hold"': 0.00105,
      'currency="SOL",kind="refund"': 0.00105,
    });
    expect(await read('node3_escrow_liabilities')).toMatchObject({ 'currency="SOL"': 0.0015 });
  });

  it('says why they waited in vain', async () => {
    const { client } = await openFundedAccount(market);
    await client.call(createJob, { body: testJob({ limits: { queueSec: 60 } }) });
    clock.advance(61_000);
    await expect
      .poll(() => read('node3_match_rejections_total'), { timeout: 15_000 })
      .toEqual({ 'requirement="no_agents"': 1 });
  });
});

describe('who may read the metrics', () => {
  it('are programs of this machine, unless a proxy speaks for somebody', async () => {
    expect((await ask()).status).toBe(200);
    for (const name of ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']) {
      expect((await ask({ [name]: '203.0.113.9' })).status, name).toBe(403);
    }
  });

  it('is whoever shows the token, once there is one', async () => {
    await market.restart({ metricsToken: 'token-of-this-test-only' });
    expect((await ask()).status).toBe(401);
    expect((await ask({ authorization: 'Bearer another-token-of-16' })).status).toBe(401);
    const allowed = { authorization: 'Bearer token-of-this-test-only', via: '1.1 proxy' };
    const reply = await ask(allowed);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toContain('text/plain');
    expect(await read('node3_auth_failures_total')).toEqual({});
  });

  it('is nobody where nothing is measured', async () => {
    await market.restart({ metricsToken: undefined });
    expect((await ask()).status).toBe(404);
  });
});

describe('what webhooks leave in the metrics', () => {
  it('is each attempt by what came of it, and what still waits', async () => {
    expect(await read('node3_webhook_backlog')).toEqual({ '': 0 });
    const { client } = await openFundedAccount(market);
    let failing = true;
    const answered = Promise.withResolvers<void>();
    const receiver = createServer((_, response) => {
      response.statusCode = failing ? 410 : 200;
      failing = false;
      response.end();
      answered.resolve();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    const body = { url: `http://127.0.0.1:${port}/`, types: ['job.posted'] };
    await client.call(createWebhook, { body });
    await client.call(createJob, { body: testJob() });
    await answered.promise;
    await expect
      .poll(() => read('node3_webhook_deliveries_total'))
      .toEqual({ 'outcome="failed"': 1 });
    expect(await read('node3_webhook_delivery_duration_seconds_count')).toEqual({
      'event_type="job.posted"': 1,
    });
    expect(await read('node3_webhook_backlog')).toEqual({ '': 0 });
    await new Promise((resolve) => receiver.close(resolve));
  });
});

describe('who is refused on a socket', () => {
  it('is counted, a page and an agent alike', async () => {
    const socketUrl = market.url.replace('http', 'ws');
    const page = new WebSocket(`${socketUrl}${streamUrl}`);
    page.once('open', () => page.send(JSON.stringify({ op: 'auth', apiKey: 'junk' })));
    await once(page, 'message');
    page.terminate();
    expect(await read('node3_auth_failures_total')).toEqual({ 'reason="AUTH_INVALID"': 1 });
    const agent = new WebSocket(`${socketUrl}${agentChannelUrl}`);
    await once(agent, 'error');
    const counts = Object.values(await read('node3_auth_failures_total'));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  });
});

describe('what is not known', () => {
  it('has no sample, and is never 0', async () => {
    expect(await read('node3_wallet_balance')).toEqual({});
    expect(await read('node3_ledger_imbalance')).toEqual({});
    expect(await read('node3_job_oldest_pending_age_seconds')).toEqual({});
  });

  it('leads to no series with the name of a stranger', async () => {
    await fetch(`${market.url}/no/such/path-${'x'.repeat(30)}`, { method: 'POST' });
    const { client } = await openFundedAccount(market);
    const { jobId } = await client.call(createJob, { body: testJob() });
    const text = await (await ask()).text();
    expect(text).not.toContain('no/such');
    expect(text).not.toContain(jobId);
    expect(text).toContain('route="none"');
  });
});
