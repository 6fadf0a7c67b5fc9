import { limits } from '@node3/shared/limits';
import { cancelJob, createJob, type JobDetail } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import { openFundedAccount, registerTestAgent, testJob } from '../testing/test-marketplace.ts';
import { startTestReplicas, type TestReplicas } from '../testing/test-replicas.ts';
import { Waiters } from './waiters.ts';

let both: TestReplicas;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;

beforeAll(async () => {
  both = await startTestReplicas(2);
  requester = await openFundedAccount(both.replicas[0] as never);
});
afterAll(() => both.stop());

const urlOf = (replica: 0 | 1) => `${both.replicas[replica]?.url}/api/v1/jobs`;

async function ask(
  url: string,
  options: { headers?: Record<string, string>; body?: unknown } = {},
) {
  const response = await fetch(url, {
    method: options.body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${requester.apiKey}`,
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    job: (text === '' ? null : JSON.parse(text)) as JobDetail,
  };
}

/** No agent of these tests can run it. */
const unrunnable = testJob({ resources: { cpus: 256 } });

describe('a posting that prefers to wait', () => {
  it('answers with the job as it ended, although another replica heard of it', async () => {
    const agent = await registerTestAgent(both.replicas[1] as never);
    const calls = testAgentCalls(agent.client);
    const posting = ask(urlOf(0), { headers: { prefer: 'wait=30' }, body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    const { status, headers, job } = await posting;
    expect([status, job.state]).toEqual([201, 'succeeded']);
    expect(headers.get('preference-applied')).toBe('wait=30');
    expect(headers.get('location')).toBe(`/api/v1/jobs/${job.jobId}`);
  });

  it('answers when it has waited enough', async () => {
    const { status, job } = await ask(urlOf(0), {
      headers: { prefer: 'wait=1' },
      body: unrunnable,
    });
    expect([status, job.state]).toEqual([201, 'queued']);
    await requester.client.call(cancelJob, { params: { jobId: job.jobId } });
  });
});

describe('a job', () => {
  it('is not sent again to who has it, and waits for something new on any replica', async () => {
    const { jobId } = await requester.client.call(createJob, { body: unrunnable });
    const first = await ask(`${urlOf(1)}/${jobId}`);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{16}\.[\w-]{16}"$/);
    const same = await ask(`${urlOf(0)}/${jobId}`, { headers: { 'if-none-match': `W/${etag}` } });
    expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', etag]);
    const old = await ask(`${urlOf(1)}/${jobId}?wait=30&since=%22nothing%22`);
    expect(old.job.state).toBe('queued');
    const since = encodeURIComponent(etag);
    const unchanged = await ask(`${urlOf(1)}/${jobId}?wait=1&since=${since}`);
    expect(unchanged.headers.get('etag')).toBe(etag);
    const waiting = ask(`${urlOf(1)}/${jobId}?wait=30&since=${since}`);
    await requester.client.call(cancelJob, { params: { jobId } });
    const news = await waiting;
    expect(news.job.state).toBe('cancelled');
    expect(news.headers.get('etag')).not.toBe(etag);
  });

  it('is refused to who would wait for longer than proxies bear', async () => {
    const { jobId } = await requester.client.call(createJob, { body: unrunnable });
    const { status } = await ask(`${urlOf(0)}/${jobId}?wait=${limits.jobWaitSecMax + 1}`);
    expect(status).toBe(422);
    await requester.client.call(cancelJob, { params: { jobId } });
  });
});

describe('places to wait', () => {
  it('are counted for each name and for all, and come free again', async () => {
    const waiters = new Waiters({ each: 1, all: 2 });
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = waiters.wait('a', () => promise);
    expect(await waiters.wait('a', async () => 'no')).toBeNull();
    const second = waiters.wait('b', () => promise);
    expect(await waiters.wait('c', async () => 'no')).toBeNull();
    resolve('done');
    expect(await Promise.all([first, second])).toEqual(['done', 'done']);
    expect(await waiters.wait('c', async () => 'yes')).toBe('yes');
  });
});
