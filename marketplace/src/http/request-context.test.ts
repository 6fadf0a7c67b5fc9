import { createLogger } from '@node3/shared/logger';
import { getHealth, getLive, getReady } from '@node3/shared/routes/health';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  lines = [];
  const destination = {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  };
  const log = createLogger({ name: 'test', level: 'debug', destination });
  market = await startTestMarketplace({ log });
});
afterEach(() => market.stop());

const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${market.url}${path}`, { headers });

describe('the id of a request', () => {
  it('[11.03] is the one that its caller gave it, in the answer, the problem and the log', async () => {
    const reply = await ask('/api/v1/jobs/job_01ARZ3NDEKTSV4RRFFQ69G5FAV', {
      'x-request-id': 'request-of-mine.1',
    });
    expect(reply.headers.get('x-request-id')).toBe('request-of-mine.1');
    expect(await reply.json()).toMatchObject({ requestId: 'request-of-mine.1' });
    const refusal = lines.find(({ msg }) => msg === 'request refused');
    expect(refusal).toMatchObject({
      requestId: 'request-of-mine.1',
      jobId: 'job_01ARZ3NDEKTSV4RRFFQ69G5FAV',
    });
  });

  it.each(['short', 'x'.repeat(65), 'with spaces in it', '{"json":"here"}'])(
    'is a new one instead of %j',
    async (given) => {
      const reply = await ask('/livez', { 'x-request-id': given });
      expect(reply.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('is in what is logged below the handler too, and no key is', async () => {
    const { apiKey } = await openFundedAccount(market);
    lines.length = 0;
    const store = market.store;
    store.listJobs = () => Promise.reject(new Error(`no luck with ${apiKey}`));
    const reply = await ask('/api/v1/jobs', {
      authorization: `Bearer ${apiKey}`,
      'x-request-id': 'request-of-mine.2',
    });
    expect(reply.status).toBe(500);
    expect(lines.find(({ msg }) => msg === 'request failed')).toMatchObject({
      requestId: 'request-of-mine.2',
    });
    expect(JSON.stringify(lines)).not.toContain(apiKey);
  });
});

describe('whether the marketplace lives and is ready', () => {
  it('is told without a key, and a chain that does not answer holds nothing up', async () => {
    expect(await market.anonymous.call(getLive, {})).toEqual({ alive: true });
    const ready = await market.anonymous.call(getReady, {});
    expect(ready).toMatchObject({
      ready: true,
      checks: { store: { state: 'ok' }, schema: { state: 'ok' }, chain: { state: 'degraded' } },
    });
    expect((await market.anonymous.call(getHealth, {})).status).toBe('degraded');
  });

  it('is denied with 503 while writes do not reach the disk, and it lives on', async () => {
    market.store.checkWritable = () => Promise.reject(new Error('the disk is full'));
    const reply = await ask('/readyz');
    expect(reply.status).toBe(503);
    expect(await reply.json()).toMatchObject({
      ready: false,
      checks: { store: { state: 'failed' } },
    });
    expect((await ask('/livez')).status).toBe(200);
  });
});
