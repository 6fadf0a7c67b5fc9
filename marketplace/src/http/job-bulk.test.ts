import { createClient } from '@node3/shared/client';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { getAccount } from '@node3/shared/routes/accounts';
import { type BatchRow, cancelJobs, createJobs, rerunJob } from '@node3/shared/routes/job-bulk';
import { cancelJob, createJob, getJob, listJobs } from '@node3/shared/routes/jobs';
import { createTemplate, runTemplate } from '@node3/shared/routes/templates';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import { openTestSecrets } from '../testing/test-keyring.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;

beforeEach(async () => {
  market = await startTestMarketplace();
});
afterEach(async () => {
  expect(await market.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  await market.stop();
});

type Overrides = Parameters<typeof testJob>[0];

async function setUp(funds = 10n ** 12n) {
  const requester = await openFundedAccount(market, { SOL: funds });
  const { client } = requester;
  const read = (jobId: string) => client.call(getJob, { params: { jobId } });
  const postMany = async (jobs: unknown[], idempotencyKey?: string): Promise<BatchRow[]> => {
    const body = { jobs: jobs as JobSpecInput[] };
    const options = idempotencyKey === undefined ? {} : { idempotencyKey };
    return (await client.call(createJobs, { body }, options)).data;
  };
  return { ...requester, read, postMany };
}

function jobIdOf(row: BatchRow | undefined): string {
  if (row === undefined || !('jobId' in row)) throw new Error(JSON.stringify(row));
  return row.jobId;
}

describe('a batch', () => {
  it('answers each job on its own, in order, and posts all that can be', async () => {
    const { client, postMany, read } = await setUp();
    const rows = await postMany([
      testJob({ name: 'one' }),
      { ...testJob(), nonsense: true },
      testJob({ price: { kind: 'fixed', reward: { amount: '5000', asset: 'SOL' } } }),
      'no job at all',
      testJob({ name: 'two' }),
    ]);
    expect(rows).toMatchObject([
      { state: 'queued' },
      { problem: { code: 'REQUEST_INVALID', errors: [{ pointer: '/nonsense' }] } },
      { problem: { code: 'FUNDS_INSUFFICIENT' } },
      { problem: { code: 'REQUEST_INVALID' } },
      { state: 'queued' },
    ]);
    expect((await read(jobIdOf(rows[0]))).name).toBe('one');
    expect((await read(jobIdOf(rows[4]))).name).toBe('two');
    const { balances } = await client.call(getAccount, {});
    expect(balances.SOL.held.amount).toBe('0.0021');
  });

  it('may be as long as it says, and is repeated with its key as the same jobs', async () => {
    const { postMany } = await setUp();
    const jobs = Array.from({ length: limits.jobsPerBatch }, (_, i) => testJob({ name: `n${i}` }));
    const rows = await postMany(jobs, 'nightly');
    expect(new Set(rows.map(jobIdOf)).size).toBe(limits.jobsPerBatch);
    const again = await postMany(jobs, 'nightly');
    expect(again).toEqual(rows.map((row) => ({ ...row, replayed: true })));
    const changed = await postMany([jobs[0], testJob({ name: 'other' })], 'nightly');
    expect(changed).toMatchObject([
      { jobId: jobIdOf(rows[0]), replayed: true },
      { problem: { code: 'IDEMPOTENCY_MISMATCH' } },
    ]);
  });

  it('shares no key with a single request, whatever that is called', async () => {
    const { client, postMany } = await setUp();
    const single = await client.call(createJob, { body: testJob() }, { idempotencyKey: 'run:0' });
    const [row] = await postMany([testJob()], 'run');
    expect(jobIdOf(row)).not.toBe(single.jobId);
  });

  it('reaches an agent that waits, and takes only so many jobs', async () => {
    const { client, postMany } = await setUp();
    const { client: agent } = await registerTestAgent(market);
    const waiting = testAgentCalls(agent).offer();
    const rows = await postMany([testJob(), testJob()]);
    expect(rows.map(jobIdOf)).toContain((await waiting).jobId);
    const jobs = Array.from({ length: limits.jobsPerBatch + 1 }, () => testJob());
    await expect(client.call(createJobs, { body: { jobs } })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await expect(client.call(createJobs, { body: { jobs: [] } })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });
});

describe('copies of a job', () => {
  it('[4.20] run on several agents, know which they are, and are found and cancelled as one', async () => {
    const { client, read } = await setUp();
    const workload = { kind: 'container' as const, command: ['true'], env: { STEP: '3' } };
    const body = { jobs: [testJob({ workload, labels: { team: 'vision' } })], copies: 3 };
    const { data, fanOut = '' } = await client.call(createJobs, { body });
    const agents = [await registerTestAgent(market), await registerTestAgent(market)];
    for (const [index, agent] of agents.entries()) {
      const calls = testAgentCalls(agent.client);
      const offer = await calls.offer();
      expect(offer.spec).toMatchObject({
        workload: { env: { STEP: '3', JOB_INDEX: `${index}`, JOB_COUNT: '3' } },
      });
      await calls.run(offer);
    }
    const running = await Promise.all(data.map((row) => read(jobIdOf(row))));
    const places = running.flatMap(({ executions }) => executions.map(({ agentId }) => agentId));
    expect(places.toSorted()).toEqual(agents.map(({ agentId }) => agentId).toSorted());
    const label = `fan-out=${fanOut},team=vision`;
    const { data: found } = await client.call(listJobs, { query: { label } });
    expect(found.map(({ jobId }) => jobId).toSorted()).toEqual(data.map(jobIdOf).toSorted());
    const labels = { 'fan-out': fanOut };
    const { data: cancelled } = await client.call(cancelJobs, { body: { filter: { labels } } });
    expect(cancelled).toHaveLength(3);
  });

  it('are the same ones for the same key, and no more than a batch takes', async () => {
    const { client } = await setUp();
    const jobs = [testJob({ name: 'a' }), testJob({ name: 'b' })];
    const call = (copies: number, key: string) =>
      client.call(createJobs, { body: { jobs, copies } }, { idempotencyKey: key });
    const first = await call(2, 'nightly');
    expect(first.data).toHaveLength(4);
    const again = await call(2, 'nightly');
    expect(again.fanOut).toBe(first.fanOut);
    expect(again.data).toEqual(first.data.map((row) => ({ ...row, replayed: true })));
    expect((await call(2, 'other')).fanOut).not.toBe(first.fanOut);
    expect((await call(3, 'nightly')).data[0]).toMatchObject({
      problem: { code: 'IDEMPOTENCY_MISMATCH' },
    });
    await expect(call(limits.jobsPerBatch / 2 + 1, 'many')).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      context: { errors: [{ pointer: '/copies' }] },
    });
  });

  it('are no more bytes than a batch has', async () => {
    const { client } = await setUp();
    const code = 'x'.repeat(limits.codeBytes);
    const workload = { kind: 'script' as const, language: 'python' as const, code };
    const most = Math.ceil(limits.batchBodyBytes / limits.codeBytes);
    const many = client.call(createJobs, { body: { jobs: [testJob({ workload })], copies: most } });
    await expect(many).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      context: { errors: [{ pointer: '/copies', detail: expect.stringContaining('bytes') }] },
    });
  });

  it('leaves what is no job to be refused as that', async () => {
    const { client } = await setUp();
    const jobs = ['no job', { ...testJob(), labels: 3 }] as unknown as JobSpecInput[];
    const { data } = await client.call(createJobs, { body: { jobs, copies: 2 } });
    expect(data).toMatchObject(
      Array.from({ length: 4 }, () => ({ problem: { code: 'REQUEST_INVALID' } })),
    );
  });
});

describe('cancelling many', () => {
  it('answers for each id, its own jobs only', async () => {
    const { client, postMany } = await setUp();
    const stranger = await setUp();
    const [own] = (await postMany([testJob()])).map(jobIdOf);
    const [theirs] = (await stranger.postMany([testJob()])).map(jobIdOf);
    const jobIds = [own ?? '', theirs ?? '', own ?? ''];
    expect(await client.call(cancelJobs, { body: { jobIds } })).toMatchObject({
      data: [
        { jobId: own, state: 'cancelled' },
        { jobId: theirs, problem: { code: 'JOB_NOT_FOUND' } },
      ],
      nextCursor: null,
    });
  });

  it('finds them by state and labels, so many at a time', async () => {
    const { client, postMany, read } = await setUp();
    const total = limits.jobsPerCancel + 100;
    const labels = { stage: 'test' };
    for (let posted = 0; posted < total; posted += 200) {
      await postMany(Array.from({ length: 200 }, () => testJob({ labels })));
    }
    const [other] = (await postMany([testJob({ labels: { stage: 'live' } })])).map(jobIdOf);
    const first = await client.call(cancelJobs, { body: { filter: { labels } } });
    expect(first.data).toHaveLength(limits.jobsPerCancel);
    const cursor = first.nextCursor ?? '';
    const rest = await client.call(cancelJobs, { body: { filter: { labels }, cursor } });
    expect(rest).toMatchObject({ nextCursor: null });
    const ids = new Set([...first.data, ...rest.data].map(({ jobId }) => jobId));
    expect(ids.size).toBe(total);
    expect((await read(other ?? '')).state).toBe('queued');
    const running = { filter: { states: ['running' as const] } };
    expect(await client.call(cancelJobs, { body: running })).toEqual({
      data: [],
      nextCursor: null,
    });
  });

  it('wants ids or a filter', async () => {
    const { client } = await setUp();
    for (const body of [{}, { jobIds: ['job_06BR2J0S7XW8Z3Q1T5M4N6P9KD'], filter: {} }]) {
      await expect(client.call(cancelJobs, { body })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      });
    }
  });
});

describe('a rerun', () => {
  async function ended(overrides: Overrides = {}) {
    const parts = await setUp();
    const { client } = parts;
    const { jobId } = await client.call(createJob, { body: testJob(overrides) });
    await client.call(cancelJob, { params: { jobId } });
    const rerun = (changes?: unknown) =>
      client.call(rerunJob, { params: { jobId }, body: { changes } });
    return { ...parts, jobId, rerun };
  }

  it('[2.27] is the same job again, with the changes that are asked for', async () => {
    const { rerun, jobId, read } = await ended({
      name: 'train',
      labels: { stage: 'test', team: 'vision' },
      workload: { kind: 'script', language: 'python', code: 'pass', input: { a: null } },
      limits: { runSec: 60 },
    });
    const same = await rerun();
    expect(same).toMatchObject({ state: 'queued', rerunOf: jobId, name: 'train' });
    const { spec } = await read(jobId);
    expect(same.spec).toEqual(spec);
    const changed = await rerun({
      labels: { team: null },
      limits: { runSec: 90 },
      price: { reward: { amount: '0.002' } },
    });
    expect(changed).toMatchObject({
      spec: { labels: { stage: 'test' }, limits: { runSec: 90 } },
      settlement: { held: { amount: '0.0021' } },
    });
  });

  it('says which change is wrong, and waits for the end of the first', async () => {
    const { rerun, client } = await ended();
    await expect(rerun({ limits: { runSec: 0 } })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      context: { errors: [{ pointer: '/changes/limits/runSec' }] },
    });
    const { jobId } = await rerun();
    await expect(client.call(rerunJob, { params: { jobId }, body: {} })).rejects.toMatchObject({
      code: 'JOB_STATE_INVALID',
    });
    const stranger = createClient({ baseUrl: market.url, apiKey: (await setUp()).apiKey });
    await expect(stranger.call(rerunJob, { params: { jobId }, body: {} })).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
  });

  it('runs anew what could be reused, and does not wait again', async () => {
    const image = `busybox@sha256:${'a'.repeat(64)}`;
    const cache = { maxAgeSec: 60 };
    const workload = { kind: 'container' as const, image, command: ['true'] };
    const { client } = await setUp();
    const { client: agent } = await registerTestAgent(market);
    const calls = testAgentCalls(agent);
    const needed = await client.call(createJob, { body: testJob() });
    await client.call(cancelJob, { params: { jobId: needed.jobId } });
    const after = [{ jobId: needed.jobId, condition: 'ended' as const }];
    const { jobId } = await client.call(createJob, { body: testJob({ workload, cache, after }) });
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    const again = await client.call(rerunJob, { params: { jobId }, body: {} });
    expect(again).toMatchObject({ state: 'queued', cachedFrom: null, after: [] });
    const next = await calls.offer();
    await calls.run(next);
    await calls.report(next);
    const { cachedFrom } = await client.call(createJob, { body: testJob({ workload, cache }) });
    expect(cachedFrom).toBe(again.jobId);
  });

  it('has the secrets of the first, and new ones where they are changed', async () => {
    const { client } = await setUp();
    const env = { TOKEN: '{{token}}', OTHER: '{{token}}' };
    const workload = { kind: 'container' as const, command: ['true'], env };
    const { templateId } = await client.call(createTemplate, {
      body: {
        name: 'secretive',
        spec: testJob({ workload }),
        parameters: [{ name: 'token', type: 'secret' }],
      },
    });
    const given = { parameters: { token: 'hunter2' } };
    const { jobId } = await client.call(runTemplate, { params: { templateId }, body: given });
    await client.call(cancelJob, { params: { jobId } });
    const changes = { workload: { env: { OTHER: 'plain' } } };
    const again = await client.call(rerunJob, { params: { jobId }, body: { changes } });
    expect(JSON.stringify(again)).not.toContain('hunter2');
    expect(again.spec).toMatchObject({
      secretEnv: ['TOKEN'],
      origin: { template: { templateId } },
    });
    const { client: agent } = await registerTestAgent(market);
    const offer = await testAgentCalls(agent).offer();
    expect(offer).toMatchObject({
      jobId: again.jobId,
      spec: { workload: { env: { TOKEN: '[secret]', OTHER: 'plain' } } },
    });
    expect(openTestSecrets(offer)?.env).toEqual({ TOKEN: 'hunter2' });
  });
});
