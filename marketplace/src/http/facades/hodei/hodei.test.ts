import { createClient } from '@node3/shared/client';
import { appendLogs } from '@node3/shared/routes/agents';
import { listAuditLog } from '@node3/shared/routes/audit';
import type { HodeiJobView } from '@node3/shared/routes/hodei';
import { getJob } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fenceOf, testAgentCalls } from '../../../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from '../../../testing/test-marketplace.ts';

/** As a client of Hodei's REST would: plain HTTP, with the base URL that ends in /hodei. */

let market: TestMarketplace;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;
let agent: Awaited<ReturnType<typeof registerTestAgent>>;
let calls: ReturnType<typeof testAgentCalls>;

beforeAll(async () => {
  market = await startTestMarketplace();
  requester = await openFundedAccount(market);
  agent = await registerTestAgent(market);
  calls = testAgentCalls(agent.client, { slots: 8 });
  await calls.poll();
});
afterAll(() => market.stop());

interface Answer<T> {
  status: number;
  body: T & { success: boolean; error?: string; code?: string; fix?: string };
}

async function send<T = { data: Record<string, unknown> }>(
  method: 'GET' | 'POST',
  path: string,
  {
    body,
    key = requester.apiKey,
    base = '/hodei',
  }: { body?: unknown; key?: string; base?: string } = {},
): Promise<Answer<T>> {
  const response = await fetch(`${market.url}${base}${path}`, {
    method,
    headers: {
      'x-api-key': key,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer<T>['body'] };
}

const refusal = { success: false, error: expect.stringMatching(/\w/), fix: expect.any(String) };
const asOperator = () => ({ key: market.adminApiKey });
type OneJob = { data: HodeiJobView };

async function post(spec: object, more: object = {}): Promise<HodeiJobView> {
  const { status, body } = await send<OneJob>('POST', '/api/v1/jobs', { body: { spec, ...more } });
  expect([status, body.success]).toEqual([201, true]);
  return body.data;
}

async function read(jobId: string) {
  return (
    await send<{ data: HodeiJobView & Record<string, unknown> }>('GET', `/api/v1/jobs/${jobId}`)
  ).body.data;
}

async function ours(jobId: string) {
  return requester.client.call(getJob, { params: { jobId } });
}

describe('[2.15] a job of Hodei', () => {
  it('is posted, runs and is read, in its states and with its times', async () => {
    const job = await post(
      { name: 'Hello World', command: ['echo "Hello from Hodei!" && date'], image: 'alpine:3' },
      { correlation_id: 'corr-hello' },
    );
    expect(job).toMatchObject({ status: 'PENDING', correlation_id: 'corr-hello', result: null });
    const offer = await calls.offer();
    expect((await read(job.job_id)).status).toBe('ASSIGNED');
    await calls.run(offer);
    expect((await read(job.job_id)).status).toBe('RUNNING');
    const lines = ['INFO ready', 'WARN slow', 'plain', 'ERROR broken'].map((text, index) => ({
      stream: index === 3 ? ('stderr' as const) : ('stdout' as const),
      atMs: Date.now(),
      text,
      partial: false,
    }));
    await agent.client.call(appendLogs, {
      params: { executionId: offer.executionId },
      body: { ...fenceOf(offer), seqFirst: 1, lines },
    });
    await calls.report(offer, { runMs: 40, logLines: 4, peakMemoryBytes: 1_000 });
    const done = await read(job.job_id);
    expect(done).toMatchObject({
      status: 'SUCCEEDED',
      worker_id: agent.agentId,
      result: { success: true, exit_code: 0, failure: null },
      config: {
        command: ['/bin/sh', '-c', 'echo "Hello from Hodei!" && date'],
        image: 'alpine:3',
        timeout_ms: 300_000,
        memory_bytes: 512 * 1024 ** 2,
      },
      resources: { peak_memory_bytes: 1_000 },
    });
    const timeline = done['timeline'] as {
      step: string;
      state: string;
      started_at: string | null;
    }[];
    expect(timeline.map(({ step, state }) => [step, state])).toEqual([
      ['Queued', 'done'],
      ['Assigned', 'done'],
      ['Image pulled', 'done'],
      ['Running', 'done'],
      ['Cleanup', 'done'],
    ]);
    const times = timeline.map(({ started_at }) => Date.parse(started_at ?? ''));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const logs = async (query: string) => {
      type Logs = { data: { entries: { line: string; level: string }[]; has_more: boolean } };
      const { body } = await send<Logs>('GET', `/api/v1/jobs/${job.job_id}/logs${query}`);
      return body.data.entries.map(({ line }) => line);
    };
    expect(await logs('')).toHaveLength(4);
    expect(await logs('?grep=BROKEN')).toEqual(['ERROR broken']);
    expect(await logs('?level=warn')).toEqual(['WARN slow']);
    expect(await logs('?since_sequence=3&level=ERROR')).toEqual(['ERROR broken']);
    type Audit = { data: { logs: { event_type: string; job_id: string }[] } };
    const audit = await send<Audit>('GET', '/api/v1/audit-logs?correlation_id=corr-hello');
    const types = audit.body.data.logs.map(({ event_type: type }) => type);
    expect(types).toEqual(expect.arrayContaining(['job.posted', 'job.started', 'job.ended']));
    expect(new Set(audit.body.data.logs.map((log) => log.job_id))).toEqual(new Set([job.job_id]));
    const filtered = '/api/v1/audit-logs?correlation_id=corr-hello&event_type=job.ended&limit=1';
    const ended = await send<Audit>('GET', filtered);
    expect(ended.body.data.logs.map(({ event_type: type }) => type)).toEqual(['job.ended']);
  });

  it('[2.18] [2.19] [2.20] becomes ours with every field that its form has', async () => {
    const spec = {
      command: { script: { interpreter: 'python3', content: 'print(1)' } },
      env: { A: '1' },
      secrets: { TOKEN: 'very-secret-value' },
      cpu_cores: 2,
      memory_mb: 1_024,
      storage_mb: 2_048,
      timeout_ms: 120_000,
      priority: 'High',
      allow_retry: false,
      preferred_provider: 'Any',
      preferred_region: 'Auto',
      labels: { team: 'x' },
    };
    const { job_id: jobId } = await post(spec);
    const job = await ours(jobId);
    expect(job.spec).toMatchObject({
      priority: 'high',
      labels: { api: 'hodei', team: 'x' },
      workload: { kind: 'script', language: 'python' },
      resources: { cpus: 2, memoryBytes: 1_024 ** 3, diskBytes: 2 * 1_024 ** 3, arch: 'x64' },
      limits: { runSec: 120 },
      retry: { attemptsMax: 1 },
    });
    const answers = JSON.stringify([job, await read(jobId)]);
    expect(answers).not.toContain('very-secret-value');
    const audit = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    expect(JSON.stringify(await audit.call(listAuditLog, {}))).not.toContain('very-secret-value');
    await send('POST', `/api/v1/jobs/${jobId}/cancel`);
  });

  it('is the same one when its job_id comes again, and is found by it', async () => {
    const first = await post({ command: ['date'] }, { job_id: 'build-42' });
    const again = await post({ command: ['date'] }, { job_id: 'build-42' });
    expect(again.job_id).toBe(first.job_id);
    expect((await read('build-42')).job_id).toBe(first.job_id);
    expect(first.client_job_id).toBe('build-42');
    const other = await send('POST', '/api/v1/jobs', {
      body: { spec: { command: ['uptime'] }, job_id: 'build-42' },
    });
    expect([other.status, other.body.code]).toEqual([400, 'IDEMPOTENCY_MISMATCH']);
    await send('POST', '/api/v1/jobs/build-42/cancel');
    expect((await read('build-42')).status).toBe('CANCELLED');
  });

  it('is really stopped where it runs', async () => {
    const job = await post({ command: ['sleep', '60'] });
    const offer = await calls.offer();
    await calls.run(offer);
    const { status } = await send('POST', `/api/v1/jobs/${job.job_id}/cancel`);
    expect(status).toBe(200);
    expect(await calls.poll({ claimId: null })).toMatchObject([
      { type: 'cancel', executionId: offer.executionId },
    ]);
    await calls.report(offer, {
      outcome: 'cancelled',
      reason: 'cancelled_by_requester',
      exitCode: 137,
    });
    expect(await read(job.job_id)).toMatchObject({
      status: 'CANCELLED',
      result: { success: false, failure: null },
    });
  });

  it('says why it failed, and what to do', async () => {
    const job = await post({ command: ['nosuchthing'] });
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer, { outcome: 'failed', reason: 'nonzero_exit', exitCode: 127 });
    expect(await read(job.job_id)).toMatchObject({
      status: 'FAILED',
      result: {
        success: false,
        exit_code: 127,
        failure: { reason: 'COMMAND_NOT_FOUND', suggested_action: expect.stringMatching(/\w/) },
      },
    });
  });

  it('is listed by status and name, from any place on', async () => {
    type List = { data: { jobs: HodeiJobView[]; total_count: number | null } };
    const list = async (query: string) =>
      (await send<List>('GET', `/api/v1/jobs${query}`)).body.data;
    const all = await list('?limit=100');
    expect(all.total_count).toBe(all.jobs.length);
    const rest = await list('?limit=2&offset=1');
    expect(rest.jobs.map((job) => job.job_id)).toEqual(
      all.jobs.slice(1, 3).map((job) => job.job_id),
    );
    const ended = await list('?status=SUCCEEDED,FAILED');
    expect(new Set(ended.jobs.map(({ status }) => status))).toEqual(
      new Set(['SUCCEEDED', 'FAILED']),
    );
    const found = await list('?search_term=hello');
    expect(found.jobs.map(({ name }) => name)).toEqual(['Hello World']);
    expect(found.total_count).toBe(1);
    const before = await list('?created_before=2020-01-01T00:00:00Z');
    expect(before.jobs).toEqual([]);
  });
});

describe('[2.34] what is refused', () => {
  it.each([
    [{ gpus: 1 }, 'REQUEST_INVALID'],
    [{ priority: 'soon' }, 'REQUEST_INVALID'],
    [{ preferred_provider: 'mars' }, 'REQUEST_INVALID'],
    [{ memory_mb: 64, memory_bytes: 1e9 }, 'REQUEST_INVALID'],
    [{ cpu_cores: 200 }, 'JOB_UNSATISFIABLE'],
  ] as const)('a job with %j is answered with 400, %s', async (wrong, code) => {
    const body = { spec: { command: ['x'], ...wrong } };
    const answer = await send('POST', '/api/v1/jobs', { body });
    expect(answer).toMatchObject({ status: 400, body: { ...refusal, code } });
  });

  it.each([
    ['GET', '/api/v1/jobs?status=LATER', 400, 'REQUEST_INVALID'],
    ['GET', '/api/v1/jobs/nothing', 404, 'JOB_NOT_FOUND'],
    ['POST', '/api/v1/jobs/nothing/cancel', 404, 'JOB_NOT_FOUND'],
    ['GET', '/api/v1/providers/mars', 404, 'PROVIDER_NOT_FOUND'],
    ['POST', '/api/v1/providers/default/disable', 403, 'AUTH_FORBIDDEN'],
  ] as const)('%s %s is answered with %i, %s', async (method, path, status, code) => {
    expect(await send(method, path)).toMatchObject({ status, body: { ...refusal, code } });
  });

  it('hears at our own path where a job of Hodei belongs', async () => {
    const body = { spec: { command: ['date'] }, correlation_id: 'c' };
    const answer = await send('POST', '/api/v1/jobs', { body, base: '' });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain('/hodei/api/v1/jobs');
  });

  it('of one account does not exist for another', async () => {
    const job = await post({ command: ['date'] }, { job_id: 'mine' });
    const stranger = { key: (await openFundedAccount(market)).apiKey };
    for (const id of [job.job_id, 'mine']) {
      expect((await send('GET', `/api/v1/jobs/${id}`, stranger)).status).toBe(404);
      expect((await send('POST', `/api/v1/jobs/${id}/cancel`, stranger)).status).toBe(404);
    }
    await send('POST', '/api/v1/jobs/mine/cancel');
  });
});

describe('[2.15] [3.07] [3.08] a provider of Hodei', () => {
  it('is registered with its whole form, and enabled and disabled', async () => {
    const body = {
      name: 'k8s-eu',
      provider_type: 'Kubernetes',
      description: 'the cluster in Rome',
      capabilities: {
        max_resources: { max_cpu_cores: 8, max_memory_bytes: 2 ** 33 },
        gpu_support: true,
        gpu_types: ['a100'],
        architectures: ['x86_64'],
        runtimes: ['containerd'],
        regions: ['eu-south'],
        max_execution_time_ms: 600_000,
      },
      labels: { rack: '7' },
      tags: ['fast'],
      priority: 5,
      max_workers: 10,
    };
    const secret = { endpoint: 'https://k8s.example:6443', token: 'open sesame' };
    const made = await send('POST', '/api/v1/providers', {
      body: { ...body, ...secret },
      ...asOperator(),
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        data: { ...body, provider_type: 'kubernetes', status: 'UNHEALTHY', active_workers: 0 },
      },
    });
    const shown = await send('GET', '/api/v1/providers/k8s-eu');
    expect(shown.body.data).toEqual(made.body.data);
    expect(JSON.stringify(shown.body)).not.toMatch(/sesame|6443/);
    const off = await send('POST', '/api/v1/providers/k8s-eu/disable', asOperator());
    expect(off.body.data).toMatchObject({ status: 'DISABLED' });
    const on = await send('POST', '/api/v1/providers/k8s-eu/enable', asOperator());
    expect(on.body.data).toMatchObject({ status: 'UNHEALTHY' });
    type List = { data: { providers: { name: string }[] } };
    const list = await send<List>('GET', '/api/v1/providers');
    expect(list.body.data.providers.map(({ name }) => name)).toEqual(['k8s-eu', 'default']);
    await calls.poll();
    const nowhere = await send('POST', '/api/v1/jobs', {
      body: { spec: { command: ['date'], preferred_provider: 'k8s-eu' } },
    });
    expect(nowhere.body.code).toBe('JOB_UNSATISFIABLE');
    const here = await post({ command: ['date'], preferred_provider: 'default' });
    expect((await calls.offer()).jobId).toBe(here.job_id);
  });
});

describe('what the pages of Hodei show', () => {
  it('counts own jobs, and tells how the machines are', async () => {
    type Stats = {
      data: { total: number; success: number; failed: number; recent_executions: [] };
    };
    const { body } = await send<Stats>('GET', '/api/v1/stats');
    expect(body.data).toMatchObject({
      success: 1,
      failed: 1,
      system_health: { status: 'healthy', workers_online: 1, workers_total: 1, slots: 8 },
    });
    expect(body.data.recent_executions).toHaveLength(5);
    const stranger = { key: (await openFundedAccount(market)).apiKey };
    const none = await send<Stats>('GET', '/api/v1/stats', stranger);
    expect(none.body.data.total).toBe(0);
  });

  it.each(['1H', '24H', '7D', '30D'])('has figures of the last %s', async (range) => {
    type Metrics = {
      data: {
        total: { jobs: number; success_rate: number; mean_duration_ms: number };
        trend: { jobs: number }[];
        by_provider: { provider: string | null; jobs: number }[];
        jobs_by_state: Record<string, number>;
        before: object;
      };
    };
    const { body } = await send<Metrics>('GET', `/api/v1/metrics?range=${range}`);
    const { total, trend, by_provider: byProvider, jobs_by_state: states, before } = body.data;
    expect(states).toMatchObject({ SUCCEEDED: 1, FAILED: 1, TIMEOUT: 0 });
    expect(total.jobs).toBe(1 + 1 + (states['CANCELLED'] ?? 0));
    expect(total.mean_duration_ms).toBeGreaterThan(0);
    expect(trend.reduce((all, span) => all + span.jobs, 0)).toBe(total.jobs);
    expect(byProvider.reduce((all, one) => all + one.jobs, 0)).toBe(total.jobs);
    expect(byProvider.find(({ provider }) => provider === 'default')?.jobs).toBe(3);
    expect(before).toEqual({ jobs: 0, success_rate: null, mean_duration_ms: null });
  });

  it.each(['/health', '/api/v1/health'])('says whether requests are served, at %s', async (at) => {
    const health = await send('GET', at);
    expect(health).toMatchObject({
      status: 200,
      body: { success: true, data: { status: 'degraded' } },
    });
  });

  it('shows the operator what everybody has done, and others what they have', async () => {
    type Audit = { data: { logs: { event_type: string }[] } };
    const path = '/api/v1/audit-logs?event_type=provider.registered';
    const all = await send<Audit>('GET', path, asOperator());
    expect(all.body.data.logs).toHaveLength(1);
    const own = await send<Audit>('GET', path);
    expect(own.body.data.logs).toEqual([]);
    const account = await send<Audit>('GET', '/api/v1/audit-logs');
    expect(account.body.data.logs.map(({ event_type: type }) => type)).toContain('account.created');
  });
});
