import { limits } from '@node3/shared/limits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../../../testing/test-agent.ts';
import { l40s } from '../../../testing/test-devices.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from '../../../testing/test-marketplace.ts';

let market: TestMarketplace;
let account: Awaited<ReturnType<typeof openFundedAccount>>;

beforeAll(async () => {
  market = await startTestMarketplace();
  account = await openFundedAccount(market, { SOL: 10n ** 9n, USDC: 10n ** 8n });
});
afterAll(() => market.stop());

async function post(path: string, body: object, key: string | null = account.apiKey) {
  const response = await fetch(market.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== null && { 'x-api-key': key }) },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer };
}

interface Answer {
  jobId: string;
  jobToken: string;
  url: string;
  expiresAt: string;
  payload: { jobId: string; jobToken: string };
  quotes: { provider_id: string; price_usd: number }[];
}

const missing = 'job_00000000000000000000000000';
describe('a quote of the broker', () => {
  it('has nobody to name before a provider is there, and says what a run would cost all the same', async () => {
    const { status, body } = await post('/quote/run', { codeSize: 100, language: 'python' }, null);
    expect([status, body]).toEqual([
      200,
      {
        provider: null,
        price_usd: null,
        currency: 'USDC',
        network: null,
        recipient: null,
        // 300 s of 0.80 an hour, and 5 %.
        pay_usd: 0.07,
        ttl: 300,
        quotes: [],
      },
    ]);
    const best = await post('/quote/best', {}, null);
    expect(best).toMatchObject({ status: 404, body: { code: 'AGENT_NOT_FOUND', statusCode: 404 } });
  });

  it('[7.16] names who can do it, cheapest first, by both of its addresses', async () => {
    const asking = async (amount: string | null) => {
      const agent = await registerTestAgent(market);
      const asks = { USDC: amount === null ? null : { amount, asset: 'USDC' as const }, SOL: null };
      await testAgentCalls(agent.client, { devices: [l40s], asks }).poll();
      return agent.agentId;
    };
    const [dear, cheap, any] = [await asking('0.6'), await asking('0.3'), await asking(null)];
    await asking('0.9');
    for (const path of ['/quote/run', '/v2/quote/run']) {
      const { body } = await post(path, { timeout: 3_600 }, null);
      expect(body).toMatchObject({ price_usd: 0.315, pay_usd: 0.84 });
      const listed = body.quotes.map(({ provider_id: id, price_usd: usd }) => [id, usd]);
      // Fees of 5 % on 0.3, on 0.6 and on the 0.8 that is paid to who takes anything.
      expect(listed).toEqual([
        [cheap, 0.315],
        [dear, 0.63],
        [any, 0.84],
      ]);
    }
    for (const path of ['/quote/best', '/v2/quote/best']) {
      expect((await post(path, { timeout: 3_600 }, null)).body).toMatchObject({
        provider_id: cheap,
        price_usd: 0.315,
        currency: 'USDC',
        available_now: true,
      });
    }
    const providers = (await (await fetch(`${market.url}/providers`)).json()) as object;
    expect(providers).toMatchObject({
      providers: expect.arrayContaining([
        expect.objectContaining({ id: 'node3-marketplace', operations: ['store', 'cache'] }),
        expect.objectContaining({ id: cheap, gpus: ['NVIDIA L40S'], price_per_gpu_hour_usd: 0.3 }),
        expect.objectContaining({ id: any, price_per_gpu_hour_usd: null }),
      ]),
    });
  });

  it('costs nothing for files', async () => {
    for (const path of ['/quote/store', '/v2/quote/store', '/quote/cache', '/v2/quote/cache']) {
      const { body } = await post(path, { size: 1_000, ttl: 60 }, null);
      expect(body).toMatchObject({ provider: 'node3-marketplace', price_usd: 0, pay_usd: 0 });
    }
  });
});

describe('what the broker stores', () => {
  it('[2.22] is there by its link, for as long as was said', async () => {
    const before = Date.now();
    const { status, body } = await post('/store', {
      data: 'ä\n',
      filename: 'notes.txt',
      options: { ttl: 3_600, permanent: false },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      jobId: expect.stringMatching(/^art_/),
      status: 'completed',
      filename: 'notes.txt',
      size: 3,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      permanent: false,
      txId: null,
    });
    expect(Date.parse(body.expiresAt) - before).toBeGreaterThanOrEqual(3_600_000 - 1);
    expect(Date.parse(body.expiresAt) - Date.now()).toBeLessThanOrEqual(3_600_000);
    const content = await fetch(body.url);
    expect([content.status, await content.text()]).toEqual([200, 'ä\n']);
  });

  it('may be bytes in base64, as large as several parts', async () => {
    const bytes = Buffer.alloc(limits.brokerDataBytes, 7);
    const data = bytes.toString('base64');
    const { status, body } = await post('/cache', { data, encoding: 'base64' });
    expect([status, body]).toMatchObject([200, { size: bytes.length }]);
    const content = Buffer.from(await (await fetch(body.url)).arrayBuffer());
    expect(content.equals(bytes)).toBe(true);
  });

  it.each<[string, object, string]>([
    ['/store', { data: 'x', options: { permanent: true } }, '/options/permanent'],
    ['/store', { data: 'x', options: { ttl: 10 ** 9 } }, '/options/ttl'],
    ['/store', { data: 'x', filename: '../x' }, '/name'],
    ['/store', {}, '/data'],
    ['/store', { data: '!', encoding: 'base64' }, '/data'],
    ['/store', { data: 'x'.repeat(limits.brokerDataBytes + 1) }, '/data'],
    ['/cache', { data: 'x', region: 'us-east-1' }, '/region'],
    ['/cache', { data: 'x', ttl: 0 }, '/ttl'],
  ])('is refused with the field and why: %s %.60j', async (path, body, pointer) => {
    expect(await post(path, body)).toMatchObject({
      status: 422,
      body: {
        code: 'REQUEST_INVALID',
        statusCode: 422,
        errors: [{ pointer, detail: expect.any(String) }],
      },
    });
  });

  it('is an account’s: nobody stores without a key', async () => {
    expect(await post('/store', { data: 'x' }, null)).toMatchObject({
      status: 401,
      body: { code: 'AUTH_REQUIRED', message: expect.any(String), statusCode: 401 },
    });
  });
});

describe('a message of another agent', () => {
  it('runs something at once, and hears later how far it is', async () => {
    const run = await post('/a2a/message', {
      type: 'run',
      agent_id: 'somebody',
      payload: { code: 'x', language: 'python' },
      meta: { conversation: 7 },
    });
    expect(run).toMatchObject({
      status: 200,
      body: {
        type: 'run.result',
        agent_id: 'node3-marketplace',
        payload: { jobId: expect.stringMatching(/^job_/), status: 'queued', result: null },
        meta: { conversation: 7 },
      },
    });
    const { jobId, jobToken } = run.body.payload;
    const status = (payload: object, key: string | null) =>
      post('/a2a/message', { type: 'status', payload }, key);
    const queued = { status: 200, body: { type: 'status.result', payload: { jobId } } };
    expect(await status({ jobId }, account.apiKey)).toMatchObject(queued);
    expect(await status({ jobId, jobToken }, null)).toMatchObject(queued);
    expect(await status({ jobId }, null)).toMatchObject({ status: 401 });
    expect(await status({ jobId: missing, jobToken }, null)).toMatchObject({ status: 401 });
    expect(await status({ jobId: missing }, account.apiKey)).toMatchObject({ status: 404 });
    await fetch(`${market.url}/jobs/${jobId}`, {
      method: 'DELETE',
      headers: { 'x-api-key': jobToken },
    });
    expect(await status({ jobId }, account.apiKey)).toMatchObject({
      body: { payload: { status: 'failed', result: { exitCode: null, executionTime: null } } },
    });
  });

  it('may ask for quotes', async () => {
    const { body } = await post('/a2a/message', { type: 'quote', payload: { timeout: 60 } }, null);
    expect(body).toMatchObject({ type: 'quote.result', payload: { currency: 'USDC' }, meta: {} });
  });

  it.each([
    [{ type: 'dance', payload: {} }, '/type'],
    [{ type: 'run', payload: { language: 'python' } }, '/payload/code'],
  ])('is refused where it is none: %j', async (body, pointer) => {
    expect(await post('/a2a/message', body)).toMatchObject({
      status: 422,
      body: {
        code: 'REQUEST_INVALID',
        errors: expect.arrayContaining([expect.objectContaining({ pointer })]),
      },
    });
  });
});

describe('GET /status/{id}', () => {
  it('is 404 for no run, whatever its id looks like', async () => {
    for (const path of [`/status/${missing}`, `/job/${missing}`, '/status/run-1']) {
      const headers = { 'x-api-key': account.apiKey };
      const answer = await fetch(market.url + path, { headers });
      expect([answer.status, await answer.json()]).toMatchObject([
        404,
        { code: 'JOB_NOT_FOUND', statusCode: 404 },
      ]);
    }
  });
});
