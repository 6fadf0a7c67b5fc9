import { createClient } from '@node3/shared/client';
import { limits } from '@node3/shared/limits';
import { createAccount, getAccount } from '@node3/shared/routes/accounts';
import { getAdminStats } from '@node3/shared/routes/admin';
import { pollAgent, registerAgent } from '@node3/shared/routes/agents';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testOffer,
  testWallet,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;

beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

async function post(path: string, body: string | Buffer, headers: Record<string, string>) {
  const response = await fetch(`${market.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { response, problem: (await response.json()) as Record<string, unknown> };
}

/** What must stay as it is when a request is refused. */
async function everything() {
  const [jobs, ledger, accounts, agents] = await Promise.all([
    market.store.countJobs(),
    market.store.ledgerTotals(),
    market.store.countAccounts(),
    market.store.agents(),
  ]);
  return { jobs, ledger, accounts, agents: agents.length };
}

describe('bad input', () => {
  it.each([
    ['malformed JSON', '{"workload":', 400, 'REQUEST_MALFORMED'],
    ['an empty body', '', 400, 'REQUEST_MALFORMED'],
    ['an unknown field', JSON.stringify({ ...testJob(), colour: 'red' }), 422, 'REQUEST_INVALID'],
    [
      'a wrong asset',
      JSON.stringify(
        testJob({ price: { kind: 'fixed', reward: { amount: '1', asset: 'BTC' as 'SOL' } } }),
      ),
      422,
      'REQUEST_INVALID',
    ],
    [
      'a negative reward',
      JSON.stringify(testJob({ price: { kind: 'fixed', reward: { amount: '-5', asset: 'SOL' } } })),
      422,
      'REQUEST_INVALID',
    ],
    [
      'a reward of nothing',
      JSON.stringify(testJob({ price: { kind: 'fixed', reward: { amount: '0', asset: 'SOL' } } })),
      422,
      'AMOUNT_INVALID',
    ],
    [
      'more digits than the asset has',
      JSON.stringify(
        testJob({ price: { kind: 'fixed', reward: { amount: '0.0000001', asset: 'USDC' } } }),
      ),
      422,
      'AMOUNT_INVALID',
    ],
    [
      'a GPU model nobody makes',
      JSON.stringify(testJob({ resources: { gpus: { count: 1, models: ['RTX 9999'] } } })),
      422,
      'REQUEST_INVALID',
    ],
    ['a body of 10 MB', JSON.stringify({ name: 'x'.repeat(10_000_000) }), 413, 'REQUEST_TOO_LARGE'],
    ['prototype poisoning', '{"__proto__":{"a":1}}', 400, 'REQUEST_MALFORMED'],
  ])(
    '[2.34] refuses %s with a code and a fix, and changes nothing',
    async (_name, body, status, code) => {
      const { apiKey } = await openFundedAccount(market);
      const before = await everything();
      const { response, problem } = await post('/api/v1/jobs', body, {
        authorization: `Bearer ${apiKey}`,
      });
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(problem).toMatchObject({ status, code });
      expect(problem['fix']).toMatch(/\.$/);
      expect(problem['requestId']).toBe(response.headers.get('x-request-id'));
      expect(await everything()).toEqual(before);
    },
  );

  it('refuses another content type', async () => {
    const { apiKey } = await openFundedAccount(market);
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'text/plain' };
    const { response, problem } = await post('/api/v1/jobs', 'x', headers);
    expect([response.status, problem['code']]).toEqual([415, 'CONTENT_TYPE_UNSUPPORTED']);
  });

  it('[7.15] says what is missing when the balance is too small', async () => {
    const { client, apiKey } = await openFundedAccount(market, { SOL: 1_000n });
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const { problem } = await post('/api/v1/jobs', JSON.stringify(testJob()), headers);
    expect(problem['payment']).toEqual({
      asset: 'SOL',
      required: '0.00105',
      available: '0.000001',
      missing: '0.001049',
      mint: null,
      wallet: '11111111111111111111111111111112',
      topUp: 'POST /api/v1/deposits/intents',
    });
    await expect(client.call(createJob, { body: testJob() })).rejects.toMatchObject({
      code: 'FUNDS_INSUFFICIENT',
      status: 402,
      message: 'This needs 0.00105 SOL, and 0.000001 are available; 0.001049 are missing.',
      context: { asset: 'SOL', missing: '0.001049' },
    });
  });

  it('names no account of the ledger to anybody', async () => {
    const { client } = await openFundedAccount(market, { SOL: 1_000n });
    const refused: unknown = await client.call(createJob, { body: testJob() }).catch((e) => e);
    expect(JSON.stringify(refused)).not.toMatch(/user:|acc_/);
  });

  it('[12.06] tells the limit of the very endpoint when a body is too large', async () => {
    const { apiKey } = await openFundedAccount(market);
    const { problem } = await post('/api/v1/jobs', 'x'.repeat(600_000), {
      authorization: `Bearer ${apiKey}`,
    });
    expect(problem['detail']).toContain(String(limits.jobBodyBytes));
  });

  it('asks for a key before it looks at the body', async () => {
    const { response } = await post('/api/v1/jobs', '{"workload":', {});
    expect(response.status).toBe(401);
  });

  it('refuses input nested deeper than it can be written down again', async () => {
    const { apiKey } = await openFundedAccount(market);
    const body = JSON.stringify(
      testJob({ workload: { kind: 'script', language: 'bash', code: ':', input: 0 } }),
    ).replace('"input":0', `"input":${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const { response, problem } = await post('/api/v1/jobs', body, {
      authorization: `bearer ${apiKey}`,
    });
    expect([response.status, problem['code']]).toEqual([422, 'REQUEST_INVALID']);
  });

  it('answers an unknown address with a problem too', async () => {
    const response = await fetch(`${market.url}/api/v1/nothing`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
  });
});

describe('keys', () => {
  it.each([
    'n3_key_00000000000000000000000000_AAAAAAAAAAAAAAAAAAAAAAAA',
    'nonsense',
    "' OR 1=1 --",
  ])('refuses the wrong key %j', async (apiKey) => {
    const client = createClient({ baseUrl: market.url, apiKey });
    await expect(client.call(getAccount, {})).rejects.toMatchObject({ code: 'AUTH_INVALID' });
  });

  it('[1.07] refuses no key, and a real key with one letter changed', async () => {
    await expect(market.anonymous.call(getAccount, {})).rejects.toMatchObject({
      code: 'AUTH_REQUIRED',
    });
    const { apiKey } = await openFundedAccount(market);
    const changed = apiKey.slice(0, -1) + (apiKey.endsWith('A') ? 'B' : 'A');
    const client = createClient({ baseUrl: market.url, apiKey: changed });
    await expect(client.call(getAccount, {})).rejects.toMatchObject({ code: 'AUTH_INVALID' });
  });

  it('[2.17] does not let one kind of key do the work of another', async () => {
    const requester = await openFundedAccount(market);
    const agent = await registerTestAgent(market);
    await expect(testAgentCalls(requester.client).poll()).rejects.toMatchObject({ status: 403 });
    await expect(agent.client.call(createJob, { body: testJob() })).rejects.toMatchObject({
      status: 403,
    });
    await expect(requester.client.call(getAdminStats, {})).rejects.toMatchObject({ status: 403 });
  });

  it('[2.17] hides jobs of other accounts completely', async () => {
    const [owner, other] = await Promise.all([
      openFundedAccount(market),
      openFundedAccount(market),
    ]);
    const { jobId } = await owner.client.call(createJob, { body: testJob() });
    for (const contract of [getJob, cancelJob]) {
      await expect(other.client.call(contract, { params: { jobId } })).rejects.toMatchObject({
        code: 'JOB_NOT_FOUND',
      });
    }
    expect((await owner.client.call(getJob, { params: { jobId } })).state).toBe('queued');
    await owner.client.call(cancelJob, { params: { jobId } });
  });

  it('[2.25] does not echo environment values', async () => {
    const { client } = await openFundedAccount(market);
    const workload = { kind: 'container', command: ['env'], env: { TOKEN: 'canary-71' } } as const;
    const body = testJob({ workload: { ...workload, command: ['env'] } });
    const job = await client.call(createJob, { body });
    expect(JSON.stringify(job)).not.toContain('canary-71');
    await client.call(cancelJob, { params: { jobId: job.jobId } });
  });
});

describe('registration', () => {
  it('[1.04] refuses the same signed challenge a second time', async () => {
    const wallet = testWallet();
    const proof = await wallet.prove(market.anonymous, 'agent.register');
    const body = { ...proof, name: 'a', version: '1' };
    await market.anonymous.call(registerAgent, { body });
    const before = await everything();
    await expect(market.anonymous.call(registerAgent, { body })).rejects.toMatchObject({
      code: 'CHALLENGE_INVALID',
    });
    expect(await everything()).toEqual(before);
  });

  it('takes no name of an agent that would forge a line where it is shown', async () => {
    const proof = await testWallet().prove(market.anonymous, 'agent.register');
    const register = (name: string) =>
      market.anonymous.call(registerAgent, { body: { ...proof, name, version: '1' } });
    for (const name of ['a\nb', 'a\u001b[2K', 'a\u009b2K', '']) {
      await expect(register(name)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    }
    await expect(register('Größe 🖥 1')).resolves.toMatchObject({ agentId: expect.any(String) });
  });

  it('[1.04] refuses a signature by another wallet, and uses the challenge up', async () => {
    const [mine, other] = [testWallet(), testWallet()];
    const { challengeId } = await mine.prove(market.anonymous, 'account.create');
    const { signature } = await other.prove(market.anonymous, 'account.create');
    const body = { challengeId, signature };
    await expect(market.anonymous.call(createAccount, { body })).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
    await expect(market.anonymous.call(createAccount, { body })).rejects.toMatchObject({
      code: 'CHALLENGE_INVALID',
    });
  });

  it('refuses a challenge that was signed for something else', async () => {
    const proof = await testWallet().prove(market.anonymous, 'agent.register');
    await expect(market.anonymous.call(createAccount, { body: proof })).rejects.toMatchObject({
      code: 'CHALLENGE_INVALID',
    });
  });

  it('turns a second process with the same identity into the only one', async () => {
    const agent = await registerTestAgent(market);
    const older = testAgentCalls(agent.client, {}, 'instance-older-0001');
    const newer = testAgentCalls(agent.client, {}, 'instance-newer-0001');
    await older.poll();
    await newer.poll();
    await expect(older.poll()).rejects.toMatchObject({ code: 'AGENT_SUPERSEDED' });
    await newer.poll();
  });
});

describe('repeated requests', () => {
  it('[2.26] answer with the first job, and refuse another body under the same key', async () => {
    const { client } = await openFundedAccount(market);
    const options = { idempotencyKey: 'the-same-key' };
    const first = await client.call(createJob, { body: testJob() }, options);
    const again = await client.call(createJob, { body: testJob() }, options);
    expect(again.jobId).toBe(first.jobId);
    await expect(
      client.call(createJob, { body: testJob({ name: 'another' }) }, options),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    await client.call(cancelJob, { params: { jobId: first.jobId } });
  });
});

describe('a repeated request', () => {
  it('gets its job although no agent could run it any more', async () => {
    const lonely = await startTestMarketplace();
    const { client } = await openFundedAccount(lonely);
    const body = testJob({ resources: { cpus: 200 } });
    const options = { idempotencyKey: 'posted-before-the-agent-came' };
    const first = await client.call(createJob, { body }, options);
    const agent = await registerTestAgent(lonely);
    await testAgentCalls(agent.client).poll();
    await expect(client.call(createJob, { body })).rejects.toMatchObject({
      code: 'JOB_UNSATISFIABLE',
    });
    expect((await client.call(createJob, { body }, options)).jobId).toBe(first.jobId);
    await lonely.stop();
  });
});

describe('jobs nobody can run', () => {
  it('are refused with the requirement that excludes most agents', async () => {
    const lonely = await startTestMarketplace();
    const requester = await openFundedAccount(lonely);
    const agent = await registerTestAgent(lonely);
    await agent.client.call(pollAgent, {
      body: {
        instanceId: 'instance-0000000001',
        claimId: null,
        waitSec: 0,
        offer: testOffer(),
        freeDeviceIds: [],
        freeCpus: 8,
        freeMemoryBytes: 1,
      },
    });
    const body = testJob({ resources: { gpus: { count: 1, models: ['RTX 4090'] } } });
    await expect(requester.client.call(createJob, { body })).rejects.toMatchObject({
      code: 'JOB_UNSATISFIABLE',
      context: { errors: [{ pointer: '/resources/gpus/count' }] },
    });
    const headers = { authorization: `Bearer ${requester.apiKey}` };
    const response = await fetch(`${lonely.url}/api/v1/jobs`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(await response.json()).toMatchObject({
      match: {
        constraint: 'gpu_count',
        constraints: expect.arrayContaining([expect.objectContaining({ fails: 1 })]),
      },
    });
    await lonely.stop();
  });
});

describe('documents', () => {
  it('[2.33] describe every endpoint in OpenAPI 3.1', async () => {
    const response = await fetch(`${market.url}/openapi.json`);
    const openapi = (await response.json()) as { openapi: string; paths: Record<string, object> };
    expect(openapi.openapi).toBe('3.1.0');
    expect(Object.keys(openapi.paths)).toContain('/api/v1/jobs/{jobId}/cancel');
    const llms = await fetch(`${market.url}/llms.txt`);
    expect(llms.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const text = await llms.text();
    for (const [, link] of text.matchAll(/\]\((\S+)\)/g)) {
      expect((await fetch(`${market.url}${link}`)).status).toBe(200);
    }
    for (const [, method = '', path = ''] of text.matchAll(/(GET|POST) (\/api\/\S+?)[:, ]/g)) {
      expect(openapi.paths[path.replace(/:$/, '')]).toHaveProperty(method.toLowerCase());
    }
    const docs = await fetch(`${market.url}/docs`);
    expect(docs.status).toBe(200);
    expect(docs.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('the code of a script', () => {
  const scriptOf = (bytes: number) =>
    testJob({ workload: { kind: 'script', language: 'python', code: '#'.repeat(bytes) } });

  it('[2.24] may be as long as the operator says', async () => {
    const tooLong = {
      code: 'REQUEST_INVALID',
      context: { errors: [{ pointer: '/workload/code' }] },
    };
    const { client } = await openFundedAccount(market);
    await client.call(createJob, { body: scriptOf(limits.codeBytes) });
    const over = client.call(createJob, { body: scriptOf(limits.codeBytes + 1) });
    await expect(over).rejects.toMatchObject(tooLong);
    const generous = await startTestMarketplace({ codeBytesMax: 150_000 });
    try {
      const requester = await openFundedAccount(generous);
      await requester.client.call(createJob, { body: scriptOf(150_000) });
      const beyond = requester.client.call(createJob, { body: scriptOf(150_001) });
      await expect(beyond).rejects.toMatchObject(tooLong);
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${requester.apiKey}`,
      };
      const body = JSON.stringify({ code: '#'.repeat(150_001), language: 'python' });
      const options = { method: 'POST', headers, body };
      const { status } = await fetch(`${generous.url}/execute/async`, options);
      expect([400, 422]).toContain(status);
    } finally {
      await generous.stop();
    }
  });
});
