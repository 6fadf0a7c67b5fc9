import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouteContract } from '@node3/shared/contract';
import * as agentDeviceRoutes from '@node3/shared/routes/agent-devices';
import * as agentLocalRoutes from '@node3/shared/routes/agent-local';
import {
  AgentStatus,
  getLocalEarnings,
  getLocalLogTail,
  listLocalExecutions,
} from '@node3/shared/routes/agent-local';
import * as agentMoneyRoutes from '@node3/shared/routes/agent-money';
import * as agentUpkeepRoutes from '@node3/shared/routes/agent-upkeep';
import * as agentWorkRoutes from '@node3/shared/routes/agent-work';
import * as node3AgentRoutes from '@node3/shared/routes/node3-agent';
import { Check } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Agent } from '../agent.ts';
import { outcome, readStatus, TestMachine } from '../testing/test-agent.ts';
import { StatusFeed } from './status-feed.ts';

let machine: TestMachine;
let agent: Agent;
let dashboardDir: string;
const within = { timeout: 10_000, interval: 10 };

beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
  dashboardDir = await mkdtemp(join(tmpdir(), 'node3-dashboard-'));
  await mkdir(join(dashboardDir, 'assets'));
  await writeFile(join(dashboardDir, 'index.html'), '<title>dashboard</title>');
  await writeFile(join(dashboardDir, 'assets', 'a-123.js'), 'let a;');
  agent = await machine.boot({ dashboardDir });
  await agent.ready();
});
afterEach(async () => {
  await machine.tearDown();
  await rm(dashboardDir, { recursive: true });
});

const authorized = () => ({ authorization: `Bearer ${agent.token}` });

const post = (
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
  who: Record<string, string> = authorized(),
) =>
  fetch(agent.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...who, ...headers },
    body: JSON.stringify(body),
  });

/** A WebSocket handshake with any headers. A refusal is an answer or a cut connection. */
function handshake(headers: Record<string, string>): Promise<'opened' | 'refused'> {
  const { promise, resolve } = Promise.withResolvers<'opened' | 'refused'>();
  const request = send(`${agent.url}/api/v1/stream`, {
    agent: false,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    },
  });
  request.on('upgrade', (_, socket) => {
    socket.destroy();
    resolve('opened');
  });
  request.on('response', (response) => {
    response.resume();
    resolve('refused');
  });
  request.on('error', () => resolve('refused'));
  request.end();
  return promise;
}

describe('the local API', () => {
  it('answers as its contracts say', async () => {
    const executionId = machine.marketplace.post({ name: 'my job' });
    machine.programEnd(executionId, outcome());
    const result = () => machine.marketplace.executions.get(executionId)?.result;
    await vi.waitFor(() => expect(result()).toBeTruthy(), within);
    const headers = authorized();
    const read = async (path: string) => (await fetch(agent.url + path, { headers })).json();
    const status = await readStatus(agent);
    expect(Check(AgentStatus, status)).toBe(true);
    expect(status).toMatchObject({ wallet: agent.wallet, agentId: agent.agentId });
    const executions = await read('/api/v1/local/executions');
    expect(Check(listLocalExecutions.schema.response[200], executions)).toBe(true);
    expect(executions).toMatchObject({
      data: [{ executionId, name: 'my job', state: 'succeeded', reason: 'exited', exitCode: 0 }],
    });
    const logs = await read(`/api/v1/local/executions/${executionId}/logs`);
    expect(Check(getLocalLogTail.schema.response[200], logs)).toBe(true);
    await vi.waitFor(async () => {
      const earnings = await read('/api/v1/local/earnings');
      expect(Check(getLocalEarnings.schema.response[200], earnings)).toBe(true);
      expect(earnings).toMatchObject({ earnings: { agentId: agent.agentId } });
    }, within);
    expect(await read('/config.json')).toEqual({
      mode: 'agent',
      version: expect.any(String) as string,
      cluster: null,
      docsUrl: null,
    });
  });

  it('answers problems', async () => {
    const missing = await fetch(`${agent.url}/api/v1/local/executions/exe_${'0'.repeat(26)}/logs`, {
      headers: authorized(),
    });
    expect(missing.status).toBe(404);
    expect(missing.headers.get('content-type')).toContain('application/problem+json');
    expect(await missing.json()).toMatchObject({ code: 'EXECUTION_NOT_FOUND' });
    const unknown = await post('/api/v1/local/mode', { mode: 'pause', now: true });
    expect(unknown.status).toBe(422);
    expect(await unknown.json()).toMatchObject({ errors: [{ pointer: '/now' }] });
    expect((await post('/api/v1/local/mode', { mode: 'stop' })).status).toBe(422);
    expect((await post('/api/v1/local/mode', 'x'.repeat(20_000))).status).toBe(413);
    const nowhere = await fetch(`${agent.url}/api/v1/local/nothing`, {
      headers: { accept: 'text/html' },
    });
    expect(nowhere.status).toBe(404);
    expect(await nowhere.json()).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
  });

  it('[8.12] is not driven by other web pages', async () => {
    const origin = 'http://evil.example';
    expect((await post('/api/v1/local/mode', { mode: 'pause' }, { origin })).status).toBe(403);
    const form = await post(
      '/api/v1/local/mode',
      { mode: 'pause' },
      { 'content-type': 'text/plain' },
    );
    expect(form.status).toBe(415);
    expect((await readStatus(agent)).state).toBe('idle');
    expect(await handshake({ origin })).toBe('refused');
    expect(await handshake({})).toBe('refused');
    expect(await handshake({ origin: agent.url, host: 'evil.example' })).toBe('refused');
    expect(await handshake({ origin: agent.url })).toBe('refused');
    expect(await handshake({ origin: agent.url, ...authorized() })).toBe('opened');
  });

  it('[8.12] changes nothing, and tells nothing of jobs and money, without its token', async () => {
    const executionId = machine.marketplace.post({ name: 'my job' });
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(1), within);
    const paths = [
      'executions',
      `executions/${executionId}/logs`,
      'earnings',
      'economics',
      'policy',
    ];
    for (const path of paths) {
      const refused = await fetch(`${agent.url}/api/v1/local/${path}`);
      expect(refused.status, path).toBe(401);
      expect(await refused.json()).toMatchObject({ code: 'AGENT_TOKEN_REQUIRED' });
    }
    const writes = { mode: { mode: 'pause' }, stop: {}, policy: { set: { idleMinutes: 5 } } };
    for (const [path, body] of Object.entries(writes)) {
      expect((await post(`/api/v1/local/${path}`, body, {}, {})).status, path).toBe(401);
    }
    const status = await (await fetch(`${agent.url}/api/v1/local/status`)).json();
    expect(Check(AgentStatus, status)).toBe(true);
    expect(status).toMatchObject({
      state: 'working',
      active: [{ executionId, name: null, image: null }],
    });
    expect(await readStatus(agent)).toMatchObject({ active: [{ name: 'my job' }] });
  });

  it('gives a page a cookie and a key for the token, which work together only', async () => {
    const opened = await post('/api/v1/local/session', { token: agent.token }, {}, {});
    const { pageKey } = (await opened.json()) as { pageKey: string };
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
    const authorization = `Bearer ${pageKey}`;
    const read = async (headers: Record<string, string>) =>
      (await fetch(`${agent.url}/api/v1/local/policy`, { headers })).status;
    expect(await read({ cookie, authorization })).toBe(200);
    expect(await read({ cookie })).toBe(401);
    expect(await read({ authorization })).toBe(401);
    const listen = { origin: agent.url, 'sec-websocket-protocol': `node3.${pageKey}` };
    expect(await handshake({ ...listen, cookie })).toBe('opened');
    expect(await handshake(listen)).toBe('refused');
    const wrong = await post('/api/v1/local/session', { token: 'x'.repeat(43) }, {}, {});
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('set-cookie')).toBeNull();
  });
});

const isContract = (value: unknown): value is RouteContract =>
  typeof value === 'object' && value !== null && 'audience' in value;
const localContracts = [
  agentLocalRoutes,
  agentDeviceRoutes,
  agentWorkRoutes,
  agentMoneyRoutes,
  agentUpkeepRoutes,
  node3AgentRoutes,
].flatMap((module) => Object.values<unknown>(module).filter(isContract));

it('lets nobody without its token past what the contracts call public', async () => {
  const opened = await post('/api/v1/local/session', { token: agent.token }, {}, {});
  const { pageKey } = (await opened.json()) as { pageKey: string };
  const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
  const outsiders: Record<string, Record<string, string>> = {
    nobody: {},
    'another token': { authorization: `Bearer ${'x'.repeat(43)}` },
    'a key of the marketplace': { 'x-api-key': 'n3_key_secret' },
    'the cookie of a page': { cookie },
    'the key of a page': { authorization: `Bearer ${pageKey}` },
  };
  for (const contract of localContracts) {
    const { audience, method, url } = contract;
    const path = agent.url + url.replace(':executionId', `exe_${'0'.repeat(26)}`);
    const sent = method === 'POST' ? { body: '{}' } : {};
    const isRefused = async (who: Record<string, string>) => {
      const headers = { 'content-type': 'application/json', ...who };
      const answer = await fetch(path, { method, headers, ...sent });
      return (await answer.text()).includes('"AGENT_TOKEN_REQUIRED"');
    };
    for (const [who, headers] of Object.entries(outsiders)) {
      expect(await isRefused(headers), `${method} ${url} by ${who}`).toBe(audience === 'provider');
    }
    // That one would end the agent.
    if (url === agentLocalRoutes.stopAgent.url) continue;
    expect(await isRefused(authorized()), `${method} ${url}`).toBe(false);
  }
});

/** What a request that names another site as its origin is answered. */
async function askFromElsewhere(path: string): Promise<number | undefined> {
  const { port } = new URL(agent.url);
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
  // Not fetch, which would tidy the path.
  const request = send({ host: '127.0.0.1', port, path, headers, agent: false }).end();
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

it.each(['/api/v1/local/status', '/%61pi/v1/local/status', '/api%2Fnothing', '/api/nothing'])(
  'is not read by other web pages at %s',
  async (path) => {
    expect([403, 404]).toContain(await askFromElsewhere(path));
    expect(await askFromElsewhere('/')).toBe(200);
  },
);

describe('pausing', () => {
  it('takes no new job and outlives a restart', async () => {
    const { marketplace } = machine;
    expect(await (await post('/api/v1/local/mode', { mode: 'pause' })).json()).toEqual({
      mode: 'pause',
    });
    expect(await readStatus(agent)).toMatchObject({ state: 'paused' });
    await agent.stop();
    agent = await machine.boot();
    await agent.ready();
    const executionId = marketplace.post();
    expect(await readStatus(agent)).toMatchObject({ state: 'paused' });
    expect(marketplace.executions.size).toBe(0);
    machine.programEnd(executionId, outcome());
    await post('/api/v1/local/mode', { mode: 'run' });
    await vi.waitFor(
      () => expect(marketplace.execution(executionId).result).not.toBeNull(),
      within,
    );
  });

  it('for good ends the agent when its work is done', async () => {
    const { executor, marketplace } = machine;
    const executionId = marketplace.post();
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(1), within);
    expect((await post('/api/v1/local/mode', { mode: 'drain' })).status).toBe(200);
    expect(await readStatus(agent)).toMatchObject({ state: 'draining' });
    executor.finish(executionId, outcome());
    await agent.ended;
    expect(marketplace.execution(executionId).result?.outcome).toBe('succeeded');
  });
});

describe('the stream', () => {
  it('sends the status at once and after a change', async () => {
    const states: string[] = [];
    const socket = new WebSocket(`${agent.url.replace('http', 'ws')}/api/v1/stream`, {
      headers: { origin: agent.url, ...authorized() },
    });
    socket.addEventListener('message', ({ data }) => {
      states.push((JSON.parse(String(data)) as AgentStatus).state);
    });
    await vi.waitFor(() => expect(states).toEqual(['idle']), within);
    await post('/api/v1/local/mode', { mode: 'pause' });
    await vi.waitFor(() => expect(states.at(-1)).toBe('paused'), within);
    socket.close();
  });
});

describe('the dashboard', () => {
  it('is served with its own paths and strict headers', async () => {
    const page = await fetch(`${agent.url}/earnings`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('dashboard');
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const asset = await fetch(`${agent.url}/assets/a-123.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${agent.url}/../../etc/passwd`)).status).toBe(404);
  });
});

describe('an agent whose port is taken', () => {
  it('leaves nothing behind that would keep its process alive', async () => {
    const stop = vi.spyOn(StatusFeed.prototype, 'stop');
    const dataDir = await mkdtemp(join(tmpdir(), 'node3-second-'));
    const port = Number(new URL(agent.url).port);
    await expect(machine.boot({ dataDir, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(stop).toHaveBeenCalledTimes(2);
    stop.mockRestore();
    await rm(dataDir, { recursive: true });
  });
});
