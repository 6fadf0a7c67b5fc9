import { createClient } from '@node3/shared/client';
import { listAgents } from '@node3/shared/routes/fleet';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
const clock = new ManualClock();

beforeAll(async () => {
  market = await startTestMarketplace({ clock, unitsPerMinute: 12 });
});
afterAll(() => market.stop());

async function ask(apiKey: string, path: string, body?: unknown, reading: 'GET' | 'HEAD' = 'GET') {
  const response = await fetch(`${market.url}/api/v1${path}`, {
    method: body === undefined ? reading : 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { headers, status } = response;
  await response.text();
  return [status, headers.get('ratelimit'), headers.get('retry-after')];
}

describe('the requests of a key', () => {
  it('[12.06] cost what they make us do, are refused beyond the quota, and say where it stands', async () => {
    const [one, two] = [await openFundedAccount(market), await openFundedAccount(market)];
    expect(await ask(one.apiKey, '/jobs', testJob())).toEqual([201, '"key";r=7;t=25', null]);
    expect(await ask(one.apiKey, '/jobs', testJob())).toEqual([201, '"key";r=2;t=50', null]);
    expect(await ask(one.apiKey, '/jobs', testJob())).toEqual([429, '"key";r=2;t=50', '15']);
    expect(await ask(one.apiKey, '/jobs')).toEqual([200, '"key";r=0;t=60', null]);
    expect(await ask(two.apiKey, '/account')).toEqual([200, '"key";r=11;t=5', null]);
    const refused = await fetch(`${market.url}/api/v1/account`, {
      headers: { authorization: `Bearer ${one.apiKey}` },
    });
    expect(refused.headers.get('ratelimit-policy')).toBe('"key";q=12;w=60');
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED', retry: 'later' });
    clock.advance(25_000);
    expect(await ask(one.apiKey, '/jobs', testJob())).toEqual([201, '"key";r=0;t=60', null]);
  });

  it('cost the same without an answer, and more where it is searched for', async () => {
    const { apiKey } = await openFundedAccount(market);
    expect(await ask(apiKey, '/jobs', undefined, 'HEAD')).toEqual([200, '"key";r=10;t=10', null]);
    expect(await ask(apiKey, '/jobs?state=queued')).toEqual([200, '"key";r=8;t=20', null]);
    for (const path of ['/jobs?q=x', '/usage', '/jobs/any/logs/download']) {
      expect((await ask(apiKey, path))[0]).toBe(429);
    }
    expect((await ask(apiKey, '/jobs/any/logs/download', undefined, 'HEAD'))[0]).toBe(429);
    const seed = (path: string) => fetch(market.url + path, { headers: { 'x-api-key': apiKey } });
    expect((await seed('/jobs?name=x')).status).toBe(429);
    expect((await seed('/jobs?state=failed')).headers.get('ratelimit')).toBe('"key";r=6;t=30');
  });

  it('are not counted for agents and the operator', async () => {
    const { client } = await registerTestAgent(market);
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const calls = testAgentCalls(client, { cpus: 0.1 });
    for (let count = 0; count < 15; count += 1) {
      await calls.poll();
      await operator.call(listAgents, {});
    }
  });
});
