import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executeAsync } from '@node3/shared/routes/galaksio';
import type { HealthAnswer } from '@node3/shared/routes/health';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
} from '../testing/test-marketplace.ts';

let folder: string;
let market: TestMarketplace;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node3-pages-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<title>web app</title>');
  await writeFile(join(folder, 'assets', 'a-123.js'), 'let a;');
  await mkdir(join(folder, 'embed'));
  await writeFile(join(folder, 'embed', 'node3-job.js'), 'let b;');
  market = await startTestMarketplace({ dashboardDir: folder });
});
afterAll(async () => {
  await market.stop();
  await rm(folder, { recursive: true });
});

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const job = 'job_00000000000000000000000000';
const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  fetch(market.url + path, { ...init, headers, redirect: 'manual' });

describe('an address with a page and an API', () => {
  it.each(['/', '/device', '/jobs', '/jobs/new', `/jobs/${job}`, '/somewhere/else'])(
    'gives a browser the web app at %s, to be asked for anew each time',
    async (path) => {
      const page = await ask(path, { accept: browser });
      expect([page.status, page.headers.get('content-type')]).toEqual([
        200,
        expect.stringContaining('text/html'),
      ]);
      expect(await page.text()).toBe('<title>web app</title>');
      expect(page.headers.get('vary')).toBe('accept, accept-encoding');
      expect(page.headers.get('cache-control')).toBe('no-cache');
      expect(page.headers.get('etag')).not.toBeNull();
    },
  );

  it.each([
    ['/', 200, 'no-cache'],
    ['/jobs', 401, 'no-store'],
    [`/jobs/${job}`, 401, 'no-store'],
    ['/somewhere/else', 404, null],
  ])('gives a program JSON at %s', async (path, status, caching) => {
    for (const accept of ['*/*', 'application/json']) {
      const answer = await ask(path, { accept });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toContain('json');
      expect(answer.headers.get('vary')).toBe('accept');
      expect(answer.headers.get('cache-control')).toBe(caching);
    }
  });

  it('leads a browser to the page of a run', async () => {
    for (const path of [`/status/${job}`, `/job/${job}`]) {
      const page = await ask(path, { accept: browser });
      expect([page.status, page.headers.get('location')]).toEqual([302, `/jobs/${job}`]);
      expect(page.headers.get('vary')).toBe('accept');
      expect((await ask(path, { accept: '*/*' })).status).toBe(401);
    }
  });

  it('leads a browser from a link to a job to the page of what it shows', async () => {
    const link = `lnk_${'0'.repeat(26)}`;
    const search = `?signature=${'A'.repeat(43)}`;
    for (const below of ['', '/logs', '/artifacts']) {
      const page = await ask(`/api/v1/shared/${link}${below}${search}`, { accept: browser });
      expect([page.status, page.headers.get('location')]).toEqual([302, `/s/${link}${search}`]);
      const api = await ask(`/api/v1/shared/${link}${below}${search}`, { accept: '*/*' });
      expect(api.status).toBe(403);
    }
  });

  it('gives the files of a build that came after its start, and nothing beside them', async () => {
    const path = '/assets/b-456.js';
    expect((await ask(path)).status).toBe(404);
    await writeFile(join(folder, path), 'let c;');
    await mkdir(join(folder, 'assets', 'inner'));
    const fresh = await ask(path);
    expect([fresh.status, await fresh.text()]).toEqual([200, 'let c;']);
    expect(fresh.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await ask(path, {}, { method: 'POST' })).status).toBe(404);
    for (const other of ['/assets/inner', '/assets/..%2findex.html']) {
      expect((await ask(other, { accept: browser })).status).toBe(404);
    }
  });

  it('answers HEAD like GET, and gives no page for a change or for what has none', async () => {
    const head = await ask('/', { accept: browser }, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
    expect((await ask(`/jobs/${job}`, { accept: browser }, { method: 'DELETE' })).status).toBe(401);
    const api = await ask('/api/nothing', { accept: browser });
    expect([api.status, api.headers.get('content-type')]).toEqual([
      404,
      expect.stringContaining('json'),
    ]);
  });

  it('keeps assets for ever', async () => {
    const asset = await ask('/assets/a-123.js', { accept: '*/*' });
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });
});

describe('the element for pages of others', () => {
  it('may be loaded by any page, and is new within minutes', async () => {
    const { status, headers } = await ask('/embed/node3-job.js', { origin: 'https://a.example' });
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': expect.stringContaining('javascript'),
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    const page = await ask('/', { accept: browser });
    expect(page.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(page.headers.has('access-control-allow-origin')).toBe(false);
    expect((await ask('/embed/other.js', { accept: browser })).status).toBe(404);
  });
});

describe('the service card', () => {
  it('[1.01] names endpoints that are there, by what they are for', async () => {
    const card = (await (await ask('/')).json()) as { endpoints: Record<string, string> };
    expect(card).toMatchObject({
      name: 'node3 marketplace',
      version: '0.0.0-test',
      status: 'running',
      environment: 'localnet',
      endpoints: {
        register: 'POST /api/agents/register',
        jobs: 'POST /api/jobs/available',
        accept: 'POST /api/jobs/{jobId}/accept',
        complete: 'POST /api/jobs/{jobId}/complete',
        fail: 'POST /api/jobs/{jobId}/fail',
        execute: 'POST /execute',
      },
    });
    const { paths } = (await (await ask('/openapi.json')).json()) as {
      paths: Record<string, object>;
    };
    for (const endpoint of Object.values(card.endpoints)) {
      const [method = '', path = ''] = endpoint.split(' ');
      expect(paths[path]).toHaveProperty(method.toLowerCase());
    }
  });

  it('has both addresses of FastAPI’s documents', async () => {
    expect((await ask('/docs', { accept: browser })).status).toBeLessThan(400);
    const redoc = await ask('/redoc', { accept: browser });
    expect([redoc.status, redoc.headers.get('location')]).toEqual([308, '/docs']);
  });
});

describe('health in the words of all seeds', () => {
  const health = async (headers: Record<string, string> = {}) => {
    const answer = await ask('/health', headers);
    return { status: answer.status, body: (await answer.json()) as HealthAnswer };
  };

  it('[1.02] tells nobody of anybody, and whether there is an agent', async () => {
    const { status, body } = await health();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      // There is no chain in this test.
      status: 'degraded',
      database: 'connected',
      payment_system: 'not_initialized',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      c3_connected: false,
      user: null,
      balance: null,
      ok: true,
      service: 'node3-marketplace',
      version: '0.0.0-test',
      success: true,
      data: { status: 'degraded', version: '0.0.0-test' },
      checks: { store: { state: 'ok' } },
    });
  });

  it('[1.02] tells who shows a key whose it is, and treats other keys like none', async () => {
    const account = await openFundedAccount(market, { SOL: 10n ** 9n, USDC: 2_500_000n });
    const agent = await registerTestAgent(market);
    const mine = await health({ 'x-api-key': account.apiKey });
    expect(mine.body).toMatchObject({ user: account.accountId, balance: 2.5 });
    const { job_token: token } = await account.client.call(executeAsync, {
      body: { code: 'x', language: 'python', timeout: 60 },
    });
    for (const key of [agent.apiKey, token, 'nonsense']) {
      const other = await health({ authorization: `Bearer ${key}` });
      expect(other).toMatchObject({ status: 200, body: { user: null, balance: null } });
    }
  });

  it('[1.02] is 503 while the database takes no writes', async () => {
    const account = await openFundedAccount(market);
    vi.spyOn(market.store, 'checkWritable').mockRejectedValue(new Error('gone'));
    vi.spyOn(market.store, 'apiKey').mockRejectedValue(new Error('gone'));
    try {
      // Answers are shared for a quarter of a second.
      await vi.waitFor(async () => expect((await health()).status).toBe(503), 20_000);
      const { status, body } = await health({ 'x-api-key': account.apiKey });
      expect(status).toBe(503);
      expect(body).toMatchObject({
        status: 'unhealthy',
        database: 'disconnected',
        ok: false,
        success: false,
        user: null,
      });
    } finally {
      vi.restoreAllMocks();
    }
  });
});
