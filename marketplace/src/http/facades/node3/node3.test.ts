import { createClient } from '@node3/shared/client';
import { baseUnits } from '@node3/shared/money';
import { getAccount } from '@node3/shared/routes/accounts';
import { issueRegistrationToken, setAgentEnabled } from '@node3/shared/routes/admin-agents';
import { createJob, getJob, getJobLogs } from '@node3/shared/routes/jobs';
import { createTemplate, runTemplate } from '@node3/shared/routes/templates';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { creditDeposit } from '../../../services/claim-deposit.ts';
import { SeedAgent } from '../../../testing/seed-agent.ts';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testWallet,
} from '../../../testing/test-marketplace.ts';

let market: TestMarketplace;
let clock: ManualClock;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;

beforeEach(async () => {
  clock = new ManualClock();
  market = await startTestMarketplace({ clock });
  requester = await openFundedAccount(market);
});
afterEach(async () => {
  expect(await market.store.verifyLedger()).toMatchObject({ balanced: true });
  await market.stop();
});

async function newAgent() {
  const agent = new SeedAgent(market.url, testWallet().address);
  await agent.register();
  return agent;
}

const workload = { kind: 'container' as const, image: 'python', command: ['python', '-V'] };
const post = async (changes: Parameters<typeof testJob>[0] = {}) =>
  (await requester.client.call(createJob, { body: testJob({ workload, ...changes }) })).jobId;
const read = (jobId: string) => requester.client.call(getJob, { params: { jobId } });

describe('an agent of the node3 seed', () => {
  it('[1.03] [1.09] [1.13] [1.18] [1.20] registers, polls, accepts and completes, and its output is there for the requester', async () => {
    const agent = await newAgent();
    expect(await agent.call('/api/agents/heartbeat')).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    });
    const jobId = await post({ limits: { runSec: 100 } });
    expect(await agent.available()).toEqual([
      {
        job_id: jobId,
        job_type: 'container',
        docker_image: 'python',
        command: ['python', '-V'],
        environment: { REQUIRE_CONTAINER: 'true' },
        gpu_memory_required: 0,
        estimated_duration: 100,
        reward: 0.001,
        timeout: 100,
      },
    ]);
    const accepted = { status: 200, body: { status: 'accepted', job_id: jobId, reward: 0.001 } };
    expect(await agent.accept(jobId)).toMatchObject(accepted);
    expect(await agent.accept(jobId)).toMatchObject(accepted);
    expect(await read(jobId)).toMatchObject({ state: 'running' });
    clock.advance(5_000);
    const output = { answer: 42 };
    const report = { output_data: output, execution_time: 3.5, metrics: { loss: 0.1 } };
    const done = { status: 200, body: { status: 'completed', job_id: jobId, reward: 0.001 } };
    expect(await agent.call(`/api/jobs/${jobId}/complete`, report)).toMatchObject(done);
    expect(await agent.call(`/api/jobs/${jobId}/complete`, report)).toMatchObject(done);
    const job = await read(jobId);
    expect(job).toMatchObject({
      state: 'succeeded',
      output: { output_data: output, metrics: { loss: 0.1 } },
    });
    const logs = await requester.client.call(getJobLogs, { params: { jobId }, query: {} });
    expect(logs.data.map(({ text }) => text)).toEqual(['{"answer":42}']);
    const [payout] = await market.store.listPayouts({
      agentId: null,
      beforePayoutId: null,
      limit: 5,
    });
    expect(payout).toMatchObject({ wallet: agent.wallet, amount: 1_000_000n });
  });

  it('is not shown the secrets of a job that it does not hold', async () => {
    const agent = await newAgent();
    const spec = {
      workload: { ...workload, env: { TOKEN: '{{token}}' } },
      price: testJob().price,
    };
    const parameters = [{ name: 'token', type: 'secret' as const }];
    const template = await requester.client.call(createTemplate, {
      body: { name: 'sealed', spec, parameters },
    });
    await requester.client.call(runTemplate, {
      params: { templateId: template.templateId },
      body: { parameters: { token: 'canary-c0ffee' } },
    });
    expect(JSON.stringify(await agent.available())).not.toContain('canary');
  });

  it('that asks again holds a job that was leased and not started when all ended', async () => {
    const agent = await newAgent();
    const jobId = await post();
    await agent.available();
    vi.spyOn(market.store, 'changeExecution').mockRejectedValueOnce(new Error('the end'));
    expect((await agent.accept(jobId)).status).toBe(500);
    expect(await agent.accept(jobId)).toMatchObject({ status: 200 });
    expect(await read(jobId)).toMatchObject({ state: 'running' });
  });

  it('[1.18] completes in the words of the real agent too', async () => {
    const agent = await newAgent();
    const jobId = await post();
    await agent.available();
    await agent.accept(jobId);
    const times = { started_at: '2026-01-01T00:00:00', completed_at: 1_800_000_000 };
    const body = { status: 'completed', ...times, duration: 2 };
    expect(await agent.call(`/api/jobs/${jobId}/complete`, body)).toMatchObject({ status: 200 });
    expect(await read(jobId)).toMatchObject({ state: 'succeeded', output: null });
  });

  it('[1.15] is one of many who accept: the others get 400', async () => {
    const agents = await Promise.all([newAgent(), newAgent(), newAgent()]);
    const jobId = await post();
    for (const agent of agents) await agent.available();
    const answers = await Promise.all(agents.map((agent) => agent.accept(jobId)));
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', '400', '400']);
    const loser = answers.find(({ status }) => status === 400);
    expect(loser?.body).toMatchObject({
      detail: expect.stringContaining('job'),
      code: 'JOB_STATE_INVALID',
      fix: expect.any(String),
    });
    const index = answers.findIndex(({ status }) => status !== 200);
    const stolen = await agents[index]?.call(`/api/jobs/${jobId}/complete`, {});
    expect(stolen).toMatchObject({ status: 403, body: { code: 'AUTH_FORBIDDEN' } });
  });

  it('[1.16] is paid at the wallet that it registered with, and at no other', async () => {
    const agent = await newAgent();
    const jobId = await post();
    await agent.available();
    const refused = await agent.accept(jobId, testWallet().address);
    expect(refused).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining(agent.wallet) },
    });
    expect(await read(jobId)).toMatchObject({ state: 'queued' });
  });

  it('[1.19] [4.09] fails: a fault of its own goes to another agent, one of the job does not', async () => {
    const agent = await newAgent();
    const own = await post();
    await agent.available();
    await agent.accept(own);
    const fault = { error_message: 'the disk is full' };
    const failed = { status: 200, body: { status: 'failed', job_id: own } };
    expect(await agent.call(`/api/jobs/${own}/fail`, fault)).toMatchObject(failed);
    expect(await agent.call(`/api/jobs/${own}/fail`, fault)).toMatchObject(failed);
    expect(await read(own)).toMatchObject({ state: 'queued', reason: 'engine_error' });
    const theirs = await post();
    await agent.available();
    await agent.accept(theirs);
    const exit = { error_message: 'exit code 3', error_type: 'ExitError' };
    await agent.call(`/api/jobs/${theirs}/fail`, exit);
    expect(await read(theirs)).toMatchObject({ state: 'failed', reason: 'nonzero_exit' });
  });

  it('[4.10] loses a job after its timeout times 1.2, and a late report is refused', async () => {
    const agent = await newAgent();
    const jobId = await post({ limits: { runSec: 100 } });
    await agent.available();
    await agent.accept(jobId);
    clock.advance(119_000);
    expect(await market.store.overdue(clock.nowMs(), 10)).toEqual([]);
    expect(await read(jobId)).toMatchObject({ state: 'running' });
    clock.advance(17_000);
    await expect.poll(async () => (await read(jobId)).state, { timeout: 5_000 }).toBe('queued');
    const late = await agent.call(`/api/jobs/${jobId}/complete`, { output_data: 'late' });
    expect(late).toMatchObject({ status: 400, body: { code: 'JOB_STATE_INVALID' } });
  });

  it('[1.13] is shown ten jobs at most, none that it can’t be told of, and leases none by looking', async () => {
    const agent = await newAgent();
    for (let i = 0; i < 12; i += 1) await post();
    await post({ workload: { kind: 'script', language: 'python', code: 'print(1)' } });
    expect(await agent.available()).toHaveLength(10);
    expect(await agent.available({ max_concurrent_jobs: 3 })).toHaveLength(10);
    await agent.accept((await agent.available())[0]?.job_id ?? '');
    expect(await agent.available()).toEqual([]);
    expect(await agent.available({ max_concurrent_jobs: 2 })).toHaveLength(10);
  });

  it('[2.16] is told the environment of the operator’s jobs and of nobody else’s', async () => {
    const agent = await newAgent();
    const env = { TOKEN: 'swordfish' };
    const theirs = await post({ workload: { ...workload, env } });
    const body = {
      job_type: 'inference',
      docker_image: 'python',
      command: ['python', '-V'],
      environment: env,
    };
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const { accountId } = await operator.call(getAccount, {});
    const credited = [{ asset: 'SOL' as const, amount: baseUnits(10n ** 9n) }];
    await creditDeposit({ store: market.store, clock }, accountId, 'operator', credited);
    const created = await fetch(`${market.url}/api/admin/jobs/create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': market.adminApiKey },
      body: JSON.stringify(body),
    });
    const own = (await created.json()) as { job_id: string };
    const plain = await post();
    const shown = await agent.available();
    expect(shown.map(({ job_id }) => job_id).toSorted()).toEqual([own.job_id, plain].toSorted());
    expect(shown.find(({ job_id }) => job_id === own.job_id)).toMatchObject({ environment: env });
    expect(await agent.accept(theirs)).toMatchObject({
      status: 400,
      body: { code: 'JOB_STATE_INVALID' },
    });
    expect(await read(theirs)).toMatchObject({ state: 'queued' });
  });

  it('hears errors in the words of the seed', async () => {
    const nobody = new SeedAgent(market.url, testWallet().address);
    expect(await nobody.call('/api/agents/heartbeat')).toMatchObject({ status: 401 });
    const wrong = await nobody.call('/api/agents/register', { gpu_model: 'x' });
    expect(wrong.status).toBe(422);
    expect(wrong.body.detail).toContainEqual({
      loc: ['body', 'wallet_address'],
      msg: expect.any(String),
      type: 'value_error',
    });
    const agent = await newAgent();
    const missing = 'job_00000000000000000000000000';
    expect(await agent.accept(missing)).toMatchObject({
      status: 404,
      body: { code: 'JOB_NOT_FOUND' },
    });
    expect(await agent.call('/api/admin/jobs/create', {})).toMatchObject({ status: 403 });
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const [row] = await market.store.agents();
    const params = { agentId: row?.agentId ?? '' };
    await operator.call(setAgentEnabled, { params, body: { enabled: false } });
    expect(await agent.call('/api/agents/heartbeat')).toMatchObject({
      status: 403,
      body: { code: 'AGENT_DISABLED' },
    });
  });

  it('needs a token where money is real, because it proves no wallet', async () => {
    await market.restart({ cluster: 'devnet' });
    const agent = new SeedAgent(market.url, testWallet().address);
    expect(await agent.register()).toMatchObject({ status: 403 });
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const { token } = await operator.call(issueRegistrationToken, { body: {} });
    expect(await agent.register({ registration_token: token })).toMatchObject({ status: 200 });
    const second = new SeedAgent(market.url, testWallet().address);
    expect(await second.register({ registration_token: token })).toMatchObject({ status: 403 });
  });

  it('needs a token where the operator wants one', async () => {
    await market.restart({ registration: 'token' });
    const agent = new SeedAgent(market.url, testWallet().address);
    expect(await agent.register()).toMatchObject({
      status: 403,
      body: { code: 'REGISTRATION_TOKEN_INVALID' },
    });
  });
});
