import { createClient } from '@node3/shared/client';
import { setAgentEnabled } from '@node3/shared/routes/admin-agents';
import { agentChannelCloses } from '@node3/shared/routes/agent-channel';
import { rotateOwnKey } from '@node3/shared/routes/agent-identity';
import { registerAgent } from '@node3/shared/routes/agents';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { createKey, revokeKey } from '@node3/shared/routes/keys';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { KeyHolders } from '../services/key-holders.ts';
import { testAgentCalls } from '../testing/test-agent.ts';
import { TestAgentSocket } from '../testing/test-agent-socket.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let clock: ManualClock;
let agent: Awaited<ReturnType<typeof registerTestAgent>>;
const open: (() => void)[] = [];

beforeEach(async () => {
  clock = new ManualClock();
  market = await startTestMarketplace({ clock });
  agent = await registerTestAgent(market);
});
afterEach(async () => {
  for (const end of open.splice(0)) end();
  await market.stop();
});

async function connect() {
  const socket = new TestAgentSocket(market.url, agent.apiKey);
  open.push(() => socket.socket.terminate());
  return socket.open();
}

async function registerAgain() {
  const proof = await agent.wallet.prove(market.anonymous, 'agent.register');
  const body = { ...proof, name: 'again', version: '1', agentId: agent.agentId };
  return market.anonymous.call(registerAgent, { body });
}

describe('whoever still has a key of an agent that registered again', () => {
  it('loses the socket that was opened with it', async () => {
    const socket = await connect();
    await socket.hello();
    await registerAgain();
    expect(await socket.closed).toBe(agentChannelCloses.refused);
    expect(socket.problems).toMatchObject([{ code: 'AUTH_INVALID' }]);
  });

  it('loses one that has not said hello, which it would say afterwards', async () => {
    const socket = await connect();
    await registerAgain();
    expect(await socket.closed).toBe(agentChannelCloses.refused);
  });

  it('gets no job by a poll that was open', async () => {
    const calls = testAgentCalls(agent.client);
    await calls.poll();
    const waiting = calls.poll({ waitSec: 20 });
    await registerAgain();
    const { client } = await openFundedAccount(market);
    const { jobId } = await client.call(createJob, { body: testJob() });
    expect(await waiting).toEqual([]);
    expect(await client.call(getJob, { params: { jobId } })).toMatchObject({ state: 'queued' });
  });
});

describe('a socket of an agent', () => {
  it('ends with the old key some minutes after a rotation', async () => {
    await agent.client.call(rotateOwnKey, {});
    clock.advance(300_000 - 50);
    const socket = await connect();
    await socket.hello();
    clock.advance(50);
    expect(await socket.closed).toBe(agentChannelCloses.refused);
  });

  it('that is shut out is closed before it says hello, too', async () => {
    const socket = await connect();
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const params = { agentId: agent.agentId };
    await operator.call(setAgentEnabled, { params, body: { enabled: false } });
    expect(await socket.closed).toBe(agentChannelCloses.refused);
    expect(socket.problems).toMatchObject([{ code: 'AGENT_DISABLED' }]);
  });
});

describe('a key of a requester that is revoked', () => {
  it('ends the streams that were opened with it, and no others', async () => {
    const { client, apiKey } = await openFundedAccount(market);
    const lost = await client.call(createKey, { body: { name: 'lost' } });
    const { jobId } = await client.call(createJob, { body: testJob() });
    const [kept, ended] = await Promise.all([follow(jobId, apiKey), follow(jobId, lost.apiKey)]);
    const [page, stolen] = await Promise.all([signIn(apiKey), signIn(lost.apiKey)]);
    await client.call(revokeKey, { params: { keyId: lost.keyId } });
    expect(await stolen.closed).toBe(1008);
    expect(await ended.text).not.toContain('"ended":true');
    expect(page.socket.readyState).toBe(WebSocket.OPEN);
    expect(kept.isOver()).toBe(false);
  });

  it('gets no answer that it waited for', async () => {
    const { client } = await openFundedAccount(market);
    const lost = await client.call(createKey, { body: { name: 'lost' } });
    const { jobId } = await client.call(createJob, { body: testJob({ resources: { cpus: 256 } }) });
    const holds = vi.spyOn(KeyHolders.prototype, 'hold');
    const headers = { authorization: `Bearer ${lost.apiKey}` };
    const url = `${market.url}/api/v1/jobs/${jobId}`;
    const etag = (await fetch(url, { headers })).headers.get('etag') ?? '';
    const waiting = fetch(`${url}?wait=30&since=${encodeURIComponent(etag)}`, { headers });
    await vi.waitFor(() => expect(holds).toHaveBeenCalled(), 20_000);
    holds.mockRestore();
    await client.call(revokeKey, { params: { keyId: lost.keyId } });
    expect((await waiting).status).toBe(401);
  });

  it('hears of the job that it posted, which is held for and runs', async () => {
    const { client } = await openFundedAccount(market);
    const lost = await client.call(createKey, { body: { name: 'lost' } });
    const holds = vi.spyOn(KeyHolders.prototype, 'hold');
    const waiting = fetch(`${market.url}/api/v1/jobs`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${lost.apiKey}`,
        'content-type': 'application/json',
        prefer: 'wait=30',
      },
      body: JSON.stringify(testJob({ resources: { cpus: 256 } })),
    });
    await vi.waitFor(() => expect(holds).toHaveBeenCalled(), 20_000);
    holds.mockRestore();
    await client.call(revokeKey, { params: { keyId: lost.keyId } });
    const answer = await waiting;
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ state: 'queued' });
  });
});

/** A page that has signed in. */
async function signIn(apiKey: string) {
  const socket = new WebSocket(`${market.url.replace('http', 'ws')}/api/v1/stream`);
  open.push(() => socket.terminate());
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  const ready = new Promise((resolve) => socket.once('message', resolve));
  socket.send(JSON.stringify({ op: 'auth', apiKey }));
  await ready;
  return { socket, closed };
}

/** A reader of a log, from its first answer on. */
async function follow(jobId: string, apiKey: string) {
  const left = new AbortController();
  open.push(() => left.abort());
  const response = await fetch(`${market.url}/api/v1/jobs/${jobId}/logs?follow=true`, {
    headers: { authorization: `Bearer ${apiKey}`, accept: 'application/x-ndjson' },
    signal: left.signal,
  });
  expect(response.status).toBe(200);
  let over = false;
  const text = response.text().finally(() => {
    over = true;
  });
  text.catch(() => undefined);
  return { text, isOver: () => over };
}

describe('a socket that signs in again', () => {
  it('keeps nothing of what the key before opened', async () => {
    const { client, apiKey } = await openFundedAccount(market);
    const socket = new WebSocket(`${market.url.replace('http', 'ws')}/api/v1/stream`);
    open.push(() => socket.terminate());
    const heard: string[] = [];
    const waiting: (() => void)[] = [];
    socket.on('message', (data: Buffer) => {
      heard.push(data.toString());
      for (const look of waiting) look();
    });
    const hears = (what: string) =>
      new Promise<void>((resolve) => {
        const look = () => heard.some((text) => text.includes(what)) && resolve();
        waiting.push(look);
        look();
      });
    const say = (message: object) => socket.send(JSON.stringify(message));
    await new Promise((resolve) => socket.once('open', resolve));
    say({ op: 'auth', apiKey });
    say({ op: 'subscribe', channel: 'jobs' });
    await hears('"authenticated":true');
    await client.call(createJob, { body: testJob() });
    await hears('job.posted');
    say({ op: 'auth', apiKey: 'junk' });
    await hears('"authenticated":false');
    heard.length = 0;
    await client.call(createJob, { body: testJob() });
    say({ op: 'ping' });
    await hears('"pong"');
    expect(heard.filter((text) => text.includes('job.posted'))).toEqual([]);
  });
});
