import { createClient } from '@node3/shared/client';
import { baseUnits } from '@node3/shared/money';
import { appendLogs } from '@node3/shared/routes/agents';
import { getExecution } from '@node3/shared/routes/galaksio';
import { createJob } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fenceOf, testAgentCalls } from '../../../testing/test-agent.ts';
import { l40s } from '../../../testing/test-devices.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../../../testing/test-marketplace.ts';

let market: TestMarketplace;

beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

const missing = 'job_00000000000000000000000000';

/** As the seed's page asks: a key in a header, JSON both ways. */
async function ask(
  path: string,
  key: string | null,
  init: { method?: string; body?: object } = {},
) {
  const response = await fetch(market.url + path, {
    method: init.method ?? 'GET',
    headers: {
      ...(key === null ? {} : { 'x-api-key': key }),
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer, response };
}

interface Answer {
  job_id: string;
  job_token: string;
  jobs: { job_id: string; state: string }[];
  next_cursor: string | null;
  code?: string;
}

function openAccount() {
  return openFundedAccount(market, { SOL: baseUnits(10n ** 10n), USDC: baseUnits(10n ** 8n) });
}

const cancel = (jobId: string, key: string) => ask(`/jobs/${jobId}`, key, { method: 'DELETE' });

const post = async (key: string, language = 'python') =>
  (await ask('/execute/async', key, { method: 'POST', body: { code: 'x', language } })).body;

describe('an execution that an agent runs', () => {
  it('[2.03] says how far an execution is and what came of it, to a key or to its own token', async () => {
    const { apiKey, client } = await openAccount();
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client, { devices: [l40s] });
    const workload = { kind: 'script' as const, language: 'python' as const, code: 'x' };
    const { jobId } = await client.call(createJob, { body: testJob({ workload, name: 'greet' }) });
    const shown = { job_id: jobId, output: null, error: null, name: 'greet', language: 'python' };
    expect(await ask(`/jobs/${jobId}`, apiKey)).toMatchObject({
      status: 200,
      body: { ...shown, state: 'pending', status: 'pending', started_at: null },
    });
    const offer = await calls.offer();
    await calls.run(offer);
    expect((await ask(`/jobs/${jobId}`, apiKey)).body).toMatchObject({
      ...shown,
      state: 'running',
    });
    const line = { stream: 'stdout' as const, atMs: Date.now(), partial: false };
    const lines = ['hello', 'world'].map((text) => ({ ...line, text }));
    const { executionId } = offer;
    const body = { ...fenceOf(offer), seqFirst: 1, lines };
    await agent.client.call(appendLogs, { params: { executionId }, body });
    await calls.report(offer, { runMs: 10, logLines: 2 });
    expect((await ask(`/jobs/${jobId}`, apiKey)).body).toMatchObject({
      ...shown,
      state: 'completed',
      output: 'hello\nworld\n',
      execution_time: expect.any(Number),
      completed_at: expect.stringMatching(/Z$/),
    });
    expect((await ask('/jobs?name=REE', apiKey)).body).toMatchObject({
      jobs: [{ job_id: jobId, state: 'completed' }],
      total: null,
    });
  });

  it('[2.04] tells the agent that runs it, and refuses what is over', async () => {
    const { apiKey, client } = await openAccount();
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client, { devices: [l40s] });
    const { jobId } = await client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    const told = { status: 200, body: { state: 'running', cancel_requested: true } };
    expect(await cancel(jobId, apiKey)).toMatchObject(told);
    expect(await cancel(jobId, apiKey)).toMatchObject(told);
    await calls.report(offer, {
      outcome: 'cancelled',
      reason: 'cancelled_by_requester',
      exitCode: null,
    });
    expect((await ask(`/jobs/${jobId}`, apiKey)).body).toMatchObject({ state: 'cancelled' });

    const done = await client.call(createJob, { body: testJob() });
    const second = await calls.offer();
    await calls.run(second);
    await calls.report(second, { runMs: 1 });
    expect(await cancel(done.jobId, apiKey)).toMatchObject({
      status: 409,
      body: { code: 'JOB_STATE_INVALID', statusCode: 409 },
    });
  });
});

describe('GET /jobs/{id}', () => {
  it('[2.03] takes the token of this job, and nobody else’s key', async () => {
    const { apiKey } = await openAccount();
    const stranger = await openAccount();
    const { job_id: jobId, job_token: token } = await post(apiKey);
    const other = await post(apiKey);
    expect((await ask(`/jobs/${jobId}`, token)).body).toMatchObject({ state: 'pending' });
    expect(await ask(`/jobs/${jobId}`, other.job_token)).toMatchObject({ status: 401 });
    expect(await ask(`/jobs/${jobId}`, null)).toMatchObject({ status: 401 });
    expect(await ask(`/jobs/${jobId}`, stranger.apiKey)).toMatchObject({ status: 404 });
  });
});

describe('DELETE /jobs/{id}', () => {
  it('[2.04] ends what waits and gives its money back; again is answered the same', async () => {
    const { apiKey, accountId } = await openAccount();
    const before = await market.store.accountBalances(accountId);
    const { job_id: jobId, job_token: token } = await post(apiKey);
    const cancelled = {
      status: 200,
      body: { job_id: jobId, state: 'cancelled', error: expect.any(String) },
    };
    expect(await cancel(jobId, token)).toMatchObject(cancelled);
    expect(await cancel(jobId, apiKey)).toMatchObject(cancelled);
    expect(await market.store.accountBalances(accountId)).toEqual(before);
  });
});

describe('GET /jobs', () => {
  it('[2.05] shows an account its own jobs, ten at a time, page by page and as an array', async () => {
    const { apiKey } = await openAccount();
    const posted: string[] = [];
    for (let i = 0; i < 12; i += 1) posted.unshift((await post(apiKey)).job_id);
    const idsOf = (jobs: { job_id: string }[]) => jobs.map(({ job_id: id }) => id);
    const first = await ask('/jobs', apiKey);
    expect(idsOf(first.body.jobs)).toEqual(posted.slice(0, 10));
    expect(first.body).toMatchObject({ total: 12, next_cursor: posted[9] });
    expect(first.response.headers.get('link')).toContain(`cursor=${posted[9]}`);
    const next = await ask(`/jobs?limit=10&cursor=${first.body.next_cursor}`, apiKey);
    expect(idsOf(next.body.jobs)).toEqual(posted.slice(10));
    expect(next.body.next_cursor).toBeNull();
    const array = (await ask('/jobs?limit=3&format=array', apiKey)).body as unknown;
    expect(idsOf(array as { job_id: string }[])).toEqual(posted.slice(0, 3));
  });

  it('[2.05] finds by state and by time, in its own words', async () => {
    const { apiKey } = await openAccount();
    const [kept, ended] = [(await post(apiKey)).job_id, (await post(apiKey)).job_id];
    await ask(`/jobs/${ended}`, apiKey, { method: 'DELETE' });
    const found = async (query: string) => {
      const { body } = await ask(`/jobs?${query}`, apiKey);
      return body.jobs.map(({ job_id: id }) => id);
    };
    expect(await found('state=pending')).toEqual([kept]);
    expect(await found('state=cancelled,failed')).toEqual([ended]);
    expect(await found('state=running')).toEqual([]);
    expect(await found('created_after=2020-01-01')).toEqual([ended, kept]);
    expect(await found('created_before=2020-01-01T00:00:00Z')).toEqual([]);
  });
});

describe('what is wrong', () => {
  it.each([
    ['GET', `/jobs/${missing}`, 404, 'JOB_NOT_FOUND'],
    ['GET', '/jobs/0a1b-uuid', 404, 'JOB_NOT_FOUND'],
    ['DELETE', `/jobs/${missing}`, 404, 'JOB_NOT_FOUND'],
    ['GET', '/jobs?limit=0', 422, 'REQUEST_INVALID'],
    ['GET', '/jobs?state=queued', 422, 'REQUEST_INVALID'],
    ['GET', '/jobs?created_after=yesterday', 422, 'REQUEST_INVALID'],
    ['GET', '/jobs?nonsense=1', 422, 'REQUEST_INVALID'],
    ['POST', '/execute', 422, 'REQUEST_INVALID'],
  ])('[2.34] is said in the seed’s form: %s %s is %d %s', async (method, path, status, code) => {
    const { apiKey } = await openAccount();
    const body = method === 'POST' ? { body: { code: 'x', language: 'cobol' } } : {};
    const answer = await ask(path, apiKey, { method, ...body });
    expect(answer).toMatchObject({
      status,
      body: {
        error: expect.any(String),
        message: expect.any(String),
        code,
        statusCode: status,
        fix: expect.any(String),
        ...(status === 422 && { errors: [{ pointer: expect.any(String) }] }),
      },
    });
  });

  it('is a missing key, said with how to send one', async () => {
    const { status, body } = await ask('/jobs', null);
    expect([status, body]).toEqual([
      401,
      {
        error: 'An API key is needed',
        message: 'An API key is needed',
        detail: 'An API key is needed',
        code: 'AUTH_REQUIRED',
        statusCode: 401,
        fix: expect.stringContaining('Authorization'),
      },
    ]);
  });

  it('comes to our own client as the error that it is', async () => {
    const client = createClient({ baseUrl: market.url, apiKey: null });
    const call = client.call(getExecution, { params: { jobId: missing } });
    await expect(call).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
  });
});
