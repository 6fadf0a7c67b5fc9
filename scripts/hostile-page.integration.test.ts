import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Agent } from '@node3/agent/agent';
import { createClient } from '@node3/shared/client';
import { getAgentStatus } from '@node3/shared/routes/agent-local';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardDir, findChromium, launch } from './browser-support.ts';
import { type DevNetwork, startDevNetwork } from './dev-network.ts';

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

/** Loopback is a secure context for nobody but itself, so the page comes from another local server. */
function serveHostilePage(): Promise<Server> {
  const server = createServer((_, response) => {
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

  beforeAll(async () => {
    network = await startDevNetwork();
    agent = await network.startAgent('guarded', {
      config: { dashboardDir },
      parts: { createExecutors: () => [] },
    });
    await agent.ready();
    hostile = await serveHostilePage();
    browser = await launch(program, [reboundHost, 'prizes.example']);
  });
  afterAll(async () => {
    await browser?.close();
    hostile?.close();
    await network?.stop();
  });

  const isPaused = async () => {
    const status = await createClient({ baseUrl: agent.url }).call(getAgentStatus, {});
    return status.state === 'paused';
  };

  it.each(['prizes.example', '127.0.0.1', 'localhost'])(
    'at %s reads nothing and changes nothing',
    async (host) => {
      const page = await browser.newPage();
      await page.goto(`http://${host}:${portOf(hostile)}/`);
      const got = await page.evaluate<Record<string, string>>(`(${attacks})('${agent.url}')`);
      expect(Object.keys(got)).toHaveLength(11);
      expect(new Set(Object.values(got))).toEqual(new Set(['nothing']));
      expect(await isPaused()).toBe(false);
      await page.close();
    },
  );

  it('whose name was rebound to this machine gets neither the page nor an answer', async () => {
    const rebound = `http://${reboundHost}:${new URL(agent.url).port}`;
    const page = await browser.newPage();
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

  it('can do nothing that the dashboard can do, which can', async () => {
    const page = await browser.newPage();
    await page.goto(agent.url);
    const got = await page.evaluate<Record<string, string>>(`(${attacks})('${agent.url}')`);
    expect(got['read']).toContain(agent.wallet);
    expect(got['seedSocket']).toContain(agent.wallet);
    expect(got['postJson']).toContain('READ 200');
    expect(await isPaused()).toBe(true);
    await page.close();
  });
});
