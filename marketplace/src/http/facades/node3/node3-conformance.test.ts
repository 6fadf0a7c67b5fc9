import { createClient } from '@node3/shared/client';
import { systemClock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { baseUnits } from '@node3/shared/money';
import { getAccount } from '@node3/shared/routes/accounts';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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
let requester: Awaited<ReturnType<typeof openFundedAccount>>;

beforeAll(async () => {
  market = await startTestMarketplace();
  requester = await openFundedAccount(market);
  const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
  const { accountId } = await operator.call(getAccount, {});
  const credited = [{ asset: 'SOL' as const, amount: baseUnits(10n ** 9n) }];
  const { store } = market;
  await creditDeposit({ store, clock: systemClock }, accountId, 'operator', credited);
});
afterAll(() => market.stop());

async function newAgent() {
  const agent = new SeedAgent(market.url, testWallet().address);
  await agent.register();
  return agent;
}

async function ask(method: string, path: string, key: string | null, body?: unknown) {
  const response = await fetch(market.url + path, {
    method,
    headers: {
      ...(key === null ? {} : { 'x-api-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const type = response.headers.get('content-type');
  return { status: response.status, type, body: (await response.json()) as Answer };
}

interface Answer {
  detail?: unknown;
  code?: string;
  fix?: string;
  job_id?: string;
}

const missing = 'job_00000000000000000000000000';
const machine = { gpu_model: 'RTX 4090', gpu_vendor: 'nvidia', gpu_memory: 25_757_220_864 };
const create = { job_type: 'test', docker_image: 'python', command: ['true'] };
const workload = { kind: 'container' as const, image: 'python', command: ['true'] };
const post = async () =>
  (await requester.client.call(createJob, { body: testJob({ workload }) })).jobId;

const agentRoutes: [path: string, body?: object][] = [
  ['/api/agents/heartbeat'],
  ['/api/jobs/available', machine],
  [`/api/jobs/${missing}/accept`, { wallet_address: testWallet().address }],
  [`/api/jobs/${missing}/start`],
  [`/api/jobs/${missing}/progress`, { progress: 1 }],
  [`/api/jobs/${missing}/complete`, {}],
  [`/api/jobs/${missing}/fail`, { error_message: 'x' }],
];
const operatorRoutes: [method: string, path: string, body?: object][] = [
  ['POST', '/api/admin/jobs/create', create],
  ['GET', '/api/admin/stats'],
  ['GET', '/api/admin/load-balancer'],
  ['GET', '/api/marketplace/info'],
  ['POST', '/api/marketplace/fund'],
  ['GET', '/api/payments/history'],
];

describe('a key of the node3 seed', () => {
  it.each(agentRoutes)(
    'is asked for by %s: 401 without one and with an unknown one',
    async (...route) => {
      const [path, body] = route;
      const without = { status: 401, body: { detail: expect.any(String), code: 'AUTH_REQUIRED' } };
      expect(await ask('POST', path, null, body)).toMatchObject(without);
      const unknown = { status: 401, body: { code: 'AUTH_INVALID', fix: expect.any(String) } };
      expect(await ask('POST', path, 'nobody', body)).toMatchObject(unknown);
    },
  );

  it.each(operatorRoutes)(
    'of the operator is asked for by %s %s: 401 and 403',
    async (...route) => {
      const [method, path, body] = route;
      const agent = await newAgent();
      expect(await ask(method, path, null, body)).toMatchObject({ status: 401 });
      for (const key of ['nobody', agent.apiKey, requester.apiKey]) {
        expect(await ask(method, path, key, body)).toMatchObject({
          status: 403,
          type: expect.stringContaining('application/json'),
          body: { detail: expect.any(String) },
        });
      }
    },
  );
});

describe('what is wrong, as FastAPI says it', () => {
  it('is 404 for no job, whatever its id looks like', async () => {
    const agent = await newAgent();
    for (const id of [missing, '3f2a9c1e-0000-4000-8000-000000000000', 'x']) {
      for (const [path, body] of agentRoutes.slice(2)) {
        const own = body !== undefined && 'wallet_address' in body;
        const sent = own ? { wallet_address: agent.wallet } : body;
        const answer = await ask('POST', path.replace(missing, id), agent.apiKey, sent);
        expect(answer).toMatchObject({ status: 404, body: { code: 'JOB_NOT_FOUND' } });
      }
    }
  });

  it.each<[string, string, unknown, (string | number)[]]>([
    ['/api/agents/register', 'a missing field', { ...machine }, ['body', 'wallet_address']],
    [
      '/api/jobs/available',
      'a wrong type',
      { ...machine, gpu_memory: 'x' },
      ['body', 'gpu_memory'],
    ],
    [`/api/jobs/${missing}/progress`, 'too much', { progress: 101 }, ['body', 'progress']],
    [`/api/jobs/${missing}/fail`, 'an empty report', {}, ['body', 'error_message']],
    [`/api/jobs/${missing}/complete`, 'no report', undefined, ['body']],
    [
      '/api/admin/jobs/create',
      'no command',
      { ...create, command: undefined },
      ['body', 'command'],
    ],
    ['/api/admin/jobs/create', 'a negative reward', { ...create, reward: -1 }, ['body', 'reward']],
  ])('is 422 at %s for %s, with the field', async (path, _what, body, loc) => {
    const agent = await newAgent();
    const key = path.startsWith('/api/admin') ? market.adminApiKey : agent.apiKey;
    const answer = await ask('POST', path, key, body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID' } });
    const found = { loc, msg: expect.any(String), type: expect.any(String) };
    expect(answer.body.detail).toContainEqual(found);
  });

  it('is 422 for what is no JSON, too', async () => {
    const agent = await newAgent();
    const answer = await ask('POST', '/api/jobs/available', agent.apiKey, '{');
    const detail = [{ loc: ['body'], msg: expect.any(String), type: 'value_error' }];
    expect(answer).toMatchObject({ status: 422, body: { detail, code: 'REQUEST_MALFORMED' } });
  });

  it.each(['application/json', 'application/octet-stream', 'text/plain'])(
    'is no missing body, whatever type it is said to have: %s',
    async (type) => {
      const agent = await newAgent();
      const headers = { 'x-api-key': agent.apiKey, 'content-type': type };
      const send = (path: string, body: string) =>
        fetch(market.url + path, { method: 'POST', headers, body });
      expect((await send('/api/agents/heartbeat', '')).status).toBe(200);
      const sent = await send('/api/jobs/available', JSON.stringify(machine));
      expect(sent.status).toBe(type === 'application/json' ? 200 : 422);
    },
  );

  it('is 503 while the database takes no writes', async () => {
    const agent = await newAgent();
    vi.spyOn(market.store, 'job').mockRejectedValueOnce(new MarketError('STORE_UNAVAILABLE'));
    const answer = await ask('POST', `/api/jobs/${missing}/start`, agent.apiKey);
    expect(answer).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } });
  });
});

describe('a job that an agent of the seed runs', () => {
  it('[1.17] is said to run, and how far it is in percent and stages', async () => {
    const agent = await newAgent();
    const jobId = await post();
    await agent.available();
    await agent.accept(jobId);
    const running = { status: 'running', job_id: jobId, cancelled: false };
    const start = `/api/jobs/${jobId}/start`;
    expect(await agent.call(start)).toMatchObject({ status: 200, body: running });
    expect(await agent.call(start)).toMatchObject({ status: 200, body: running });
    const read = () => requester.client.call(getJob, { params: { jobId } });
    expect(await read()).toMatchObject({ state: 'running', executions: [{ progress: null }] });
    const said = { progress: 42.5, stage: 'epoch 3', message: 'loss 0.1' };
    expect(await agent.call(`/api/jobs/${jobId}/progress`, said)).toMatchObject({
      status: 200,
      body: { ...running, progress: 42.5, stage: 'epoch 3' },
    });
    const progress = { percent: 42.5, stage: 'epoch 3', message: 'loss 0.1' };
    expect(await read()).toMatchObject({ executions: [{ progress }] });
    const seen = await ask('GET', `/jobs/${jobId}`, requester.apiKey);
    expect(seen.body).toMatchObject({ state: 'running', progress: 42.5, stage: 'epoch 3' });

    await requester.client.call(cancelJob, { params: { jobId } });
    expect(await agent.call(`/api/jobs/${jobId}/progress`, { progress: 50 })).toMatchObject({
      body: { cancelled: true, stage: null },
    });
    await agent.call(`/api/jobs/${jobId}/complete`, {});
    const late = { status: 400, body: { code: 'JOB_STATE_INVALID' } };
    expect(await agent.call(start)).toMatchObject(late);
    expect(await agent.call(`/api/jobs/${jobId}/progress`, said)).toMatchObject(late);
  });

  it('[1.17] is no other agent’s to report on, and nobody’s before it is accepted', async () => {
    const [agent, other] = [await newAgent(), await newAgent()];
    const jobId = await post();
    for (const path of [`/api/jobs/${jobId}/start`, `/api/jobs/${jobId}/progress`]) {
      expect(await agent.call(path, { progress: 1 })).toMatchObject({
        status: 403,
        body: { code: 'AUTH_FORBIDDEN' },
      });
    }
    await agent.available();
    await agent.accept(jobId);
    const stolen = await other.call(`/api/jobs/${jobId}/progress`, { progress: 99 });
    expect(stolen).toMatchObject({ status: 403 });
    await agent.call(`/api/jobs/${jobId}/complete`, {});
  });
});

describe('an archive for /input itself', () => {
  it('is refused where it is not to be unpacked: a file has a name', async () => {
    const inputs = [{ path: '.', source: { kind: 'inline' as const, contentBase64: '' } }];
    await expect(
      requester.client.call(createJob, { body: testJob({ workload, inputs }) }),
    ).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      context: { errors: [{ pointer: '/inputs/0/path' }] },
    });
  });
});

describe('the board', () => {
  it('[3.02] is there for everybody, and tells nothing of a job but what it needs and pays', async () => {
    const env = { TOKEN: 'swordfish' };
    const created = await ask('POST', '/api/admin/jobs/create', market.adminApiKey, {
      ...create,
      environment: env,
      requires_gpu: true,
      reward: 0.002,
    });
    // Lists that everybody may read are worked out anew after a quarter of a second.
    await vi.waitFor(async () => {
      const { status, body } = await ask('GET', '/api/marketplace/jobs', null);
      const { jobs, available, accepted } = body as Record<string, { job_id: string }[]>;
      expect(status).toBe(200);
      expect(jobs).toEqual(available);
      expect(accepted).toEqual([]);
      expect(jobs?.find(({ job_id: id }) => id === created.body.job_id)).toEqual({
        job_id: created.body.job_id,
        job_type: 'container',
        gpu_memory_required: 0,
        reward: 0.002,
        timeout: 300,
        created_at: expect.stringMatching(/Z$/),
        requires_gpu: true,
        status: 'available',
      });
      expect(JSON.stringify(body)).not.toContain('swordfish');
    }, 20_000);
  });
});
