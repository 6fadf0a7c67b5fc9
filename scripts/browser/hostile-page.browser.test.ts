import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Agent } from '@node3/agent/agent';
import { dashboardLink } from '@node3/agent/local-token';
import { readStatus } from '@node3/agent/testing/test-agent';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, startDevNetwork } from '../dev-network.ts';
import { dashboardDir, findBarriers, findChromium, launch } from './browser-support.ts';

const { program, skip } = findChromium();
/** A name of the attacker that leads to this machine, as DNS rebinding makes it. */
const reboundHost = 'rebound.example';

/** What a page tries, one after the other; each try tells what it got. It runs in the browser. */
const attacks = `async (agent) => {
  const tell = (what) => what.then((got) => 'READ ' + got, () => 'nothing');
  const text = (response) => response.text().then((body) => response.status + ' ' + body);
  const post = (path, options) => fetch(agent + path, { method: 'POST', ...options }).then(text);
  const body = JSON.stringify({ mode: 'pause' });
  const json = { 'content-type': 'application/json' };
  const listen = (path) => new Promise((resolve, reject) => {
    const socket = new WebSocket(agent.replace('http', 'ws') + path);
    socket.onmessage = ({ data }) => resolve(data);
    socket.onerror = () => reject(new Error('refused'));
  });
  const form = (path, enctype, name) => new Promise((resolve) => {
    const frame = Object.assign(document.createElement('iframe'), { name: 'target' + path + enctype });
    const form = Object.assign(document.createElement('form'), {
      method: 'post', action: agent + path, enctype, target: frame.name,
    });
    const field = Object.assign(document.createElement('input'), { name, value: 'x' });
    form.append(field);
    document.body.append(frame, form);
    frame.onload = () => resolve('sent');
    form.submit();
  });
  const image = (path) => new Promise((resolve, reject) => {
    const img = new Image();
    img.onload = () => resolve('shown');
    img.onerror = reject;
    img.src = agent + path;
  });
  const script = (path) => new Promise((resolve, reject) => {
    const tag = Object.assign(document.createElement('script'), { src: agent + path });
    tag.onload = () => resolve('ran');
    tag.onerror = reject;
    document.body.append(tag);
  });
  const tries = {
    read: () => fetch(agent + '/api/v1/local/status').then(text),
    readSeed: () => fetch(agent + '/api/status').then(text),
    readWithCredentials: () => fetch(agent + '/api/earnings', { credentials: 'include' }).then(text),
    readMetrics: () => fetch(agent + '/metrics').then(text),
    postJson: () => post('/api/v1/local/mode', { headers: json, body }),
    stop: () => post('/api/stop', {}),
    setPolicy: () => post('/api/v1/local/policy', { headers: json, body: '{}' }),
    openSession: () => post('/api/v1/local/session', { headers: json, body: '{"token":""}' }),
    script: () => script('/api/v1/local/status'),
    image: () => image('/api/v1/local/status'),
    socket: () => listen('/api/v1/stream'),
    seedSocket: () => listen('/ws'),
  };
  const got = {};
  for (const [name, attack] of Object.entries(tries)) got[name] = await tell(attack());
  // What can be sent without being read: it must change nothing.
  const blind = { mode: 'no-cors', method: 'POST' };
  await tell(fetch(agent + '/api/stop', blind));
  await tell(fetch(agent + '/api/v1/local/mode', { ...blind, body }));
  await tell(fetch(agent + '/api/v1/local/mode', { ...blind, body: new Blob([body], { type: 'text/plain' }) }));
  navigator.sendBeacon(agent + '/api/stop');
  navigator.sendBeacon(agent + '/api/v1/local/mode', new Blob([body], { type: 'text/plain' }));
  await form('/api/stop', 'text/plain', 'a');
  await form('/api/stop', 'application/x-www-form-urlencoded', 'a');
  await form('/api/v1/local/mode', 'text/plain', '{"mode":"pause","a":"');
  return got;
}`;

/** The first message of the agent's stream, as a page that is signed in gets it. */
const listenAsPage = `new Promise((resolve, reject) => {
  const address = location.origin.replace('http', 'ws') + '/api/v1/stream';
  const socket = new WebSocket(address, 'node3.' + localStorage.getItem('node3.apiKey'));
  socket.onmessage = ({ data }) => resolve(data);
  socket.onerror = () => reject(new Error('refused'));
})`;

/** What browsers sent to the hostile server. */
const cookiesSeen = new Set<string>();

/** Loopback is a secure context for nobody but itself, so the page comes from another local server. */
function serveHostilePage(): Promise<Server> {
  const server = createServer(({ headers }, response) => {
    if (headers.cookie !== undefined) cookiesSeen.add(headers.cookie);
    response.setHeader('content-type', 'text/html').end('<title>free prizes</title>');
  });
  const { promise, resolve } = Promise.withResolvers<Server>();
  server.listen(0, '127.0.0.1', () => resolve(server));
  return promise;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

describe.skipIf(skip)('a hostile page in a real browser', () => {
  let network: DevNetwork;
  let agent: Agent;
  let hostile: Server;
  let browser: Browser;
  /** In which the provider is signed in. */
  let profile: BrowserContext;
  let dashboard: Page;

  beforeAll(async () => {
    network = await startDevNetwork();
    agent = await network.startAgent('guarded', {
      config: { dashboardDir },
      parts: { createExecutors: () => [] },
    });
    await agent.ready();
    hostile = await serveHostilePage();
    browser = await launch(program, [reboundHost, 'prizes.example']);
    profile = await browser.newContext();
    dashboard = await profile.newPage();
    await dashboard.goto(dashboardLink(agent.url, agent.token));
    await dashboard.getByRole('button', { name: 'Pause' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    hostile?.close();
    await network?.stop();
  });

  const isPaused = async () => {
    return (await readStatus(agent)).state === 'paused';
  };

  it.each(['prizes.example', '127.0.0.1', 'localhost'])(
    'at %s reads nothing and changes nothing',
    async (host) => {
      const page = await profile.newPage();
      await page.goto(`http://${host}:${portOf(hostile)}/`);
      const got = await page.evaluate<Record<string, string>>(`(${attacks})('${agent.url}')`);
      expect(Object.keys(got)).toHaveLength(12);
      expect(new Set(Object.values(got))).toEqual(new Set(['nothing']));
      expect(await isPaused()).toBe(false);
      await page.close();
    },
  );

  it('whose name was rebound to this machine gets neither the page nor an answer', async () => {
    const rebound = `http://${reboundHost}:${new URL(agent.url).port}`;
    const page = await profile.newPage();
    const shown = await page.goto(`${rebound}/`);
    expect(shown?.status()).toBe(403);
    const got = await page.evaluate<Record<string, string>>(`(${attacks})('${rebound}')`);
    for (const [name, what] of Object.entries(got)) {
      expect(what, name).toMatch(/^(nothing|READ 403 )/);
      expect(what, name).not.toContain(agent.wallet);
    }
    expect(await isPaused()).toBe(false);
    await page.close();
  });

  it('on another port is sent the cookie of the agent, which is worth nothing alone', async () => {
    const [cookie = ''] = cookiesSeen;
    expect(cookie).toMatch(/^node3_agent_\d+=[\w-]{43}$/);
    const headers = { cookie, 'content-type': 'application/json' };
    const body = JSON.stringify({ mode: 'pause' });
    const url = `${agent.url}/api/v1/local/mode`;
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(401);
    expect(await isPaused()).toBe(false);
  });

  it('[8.12] can do nothing that the dashboard can do, which can', async () => {
    expect(dashboard.url()).toBe(`${agent.url}/`);
    await dashboard.getByRole('button', { name: 'Pause' }).click();
    await dashboard.getByRole('button', { name: 'Yes, pause' }).click();
    await expect.poll(isPaused).toBe(true);
    expect(await dashboard.evaluate(listenAsPage)).toContain(agent.wallet);
    // A new tab of the same browser is in, too; another browser is told how to get in.
    const tab = await profile.newPage();
    await tab.goto(agent.url);
    await tab.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(isPaused).toBe(false);
    const stranger = await browser.newPage();
    await stranger.goto(agent.url);
    await stranger.getByText('node3 agent dashboard --open').waitFor();
    expect(await findBarriers(stranger)).toEqual([]);
    expect(await stranger.getByRole('button', { name: /Pause|Resume/ }).count()).toBe(0);
    await stranger.goto(`${agent.url}/?lang=es`);
    await stranger.getByText('con el usuario del agente').waitFor();
    await stranger.close();
    await tab.close();
  });
});
