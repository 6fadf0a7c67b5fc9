import { createClient } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { countLines } from '@node3/shared/log-blocks';
import { drainAgent, resumeAgent, setAgentEnabled } from '@node3/shared/routes/admin-agents';
import { agentChannelCloses, agentChannelUrl } from '@node3/shared/routes/agent-channel';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import { SequentialIds } from '@node3/shared/testing/sequential-ids';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { testAgentCalls } from '../../testing/test-agent.ts';
import { about, TestAgentSocket } from '../../testing/test-agent-socket.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../../testing/test-marketplace.ts';

let market: TestMarketplace;
let agent: Awaited<ReturnType<typeof registerTestAgent>>;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;
const sockets: TestAgentSocket[] = [];

beforeEach(async () => {
  market = await startTestMarketplace();
  agent = await registerTestAgent(market);
  requester = await openFundedAccount(market);
});
afterEach(async () => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
  expect(await market.store.verifyLedger()).toMatchObject({ balanced: true, problems: [] });
  await market.stop();
});

async function connect(apiKey = agent.apiKey, instanceId = 'instance-0000000001') {
  const socket = new TestAgentSocket(market.url, apiKey);
  sockets.push(socket);
  await socket.open();
  await socket.hello(instanceId);
  return socket;
}

const post = async (changes = {}) =>
  (await requester.client.call(createJob, { body: testJob(changes) })).jobId;

function forgetOffers() {
  const db = new Database(`${market.folder}/market.db`);
  db.exec('UPDATE agents SET offer = NULL');
  db.close();
}

const stateOf = async (jobId: string) =>
  (await requester.client.call(getJob, { params: { jobId } })).state;

describe('a job over the socket', () => {
  it('[1.22] is offered, run, reported and paid', async () => {
    const socket = await connect();
    await socket.ready();
    const jobId = await post();
    const offer = await socket.next('offer');
    expect(offer).toMatchObject({ jobId, seq: 1 });
    await socket.run(offer);
    const lines = [{ stream: 'stdout', atMs: 1, text: 'hello', partial: false }];
    expect(await socket.call('logs', { ...about(offer), seqFirst: 1, lines })).toEqual({
      ackedSeq: 1,
    });
    const heartbeat = await socket.call('heartbeat', { executions: [about(offer)], samples: [] });
    expect(heartbeat).toMatchObject({
      heartbeatMs: limits.heartbeatMs,
      executions: [{ verdict: 'continue' }],
    });
    expect(await socket.report(offer)).toMatchObject({
      jobState: 'succeeded',
      earned: { amount: '0.001' },
    });
    expect(await stateOf(jobId)).toBe('succeeded');
  });

  it('[1.14] is offered to who was ready before it and to who comes after it, as many as fit', async () => {
    const socket = await connect();
    const before = [await post(), await post()];
    await socket.ready({ slots: 3 });
    const after = [await post(), await post()];
    const offered = new Set<string>();
    for (let i = 0; i < 3; i += 1) offered.add((await socket.next('offer')).jobId);
    expect(offered).toEqual(new Set([...before, after[0]]));
    // Its word is older than the offers: it says that it is free, and still gets no fourth.
    const { offer } = socket.readyFields({ slots: 3 });
    await socket.ready({ slots: 3 }, { lastSeq: 0, offer });
    await post();
    expect(await socket.call('heartbeat', { executions: [], samples: [] })).toBeDefined();
    expect(socket.messages).toEqual([]);
  });

  it('shares one commit between the messages of one frame', async () => {
    const socket = await connect();
    await socket.ready();
    for (let i = 0; i < 3; i += 1) await post();
    const offers = [];
    for (let i = 0; i < 3; i += 1) offers.push(await socket.next('offer'));
    const framesBefore = socket.frames.length;
    const answers = socket.send(
      offers.flatMap((offer) => [
        { type: 'accept' as const, fields: about(offer) },
        { type: 'progress' as const, fields: { ...about(offer), phase: 'running' } },
      ]),
    );
    await Promise.all(answers);
    expect(socket.frames.length - framesBefore).toBe(1);
    expect(JSON.parse(socket.frames.at(-1) ?? '')).toHaveLength(6);
  });

  it('[1.22] is cancelled at once', async () => {
    const socket = await connect();
    await socket.ready();
    const jobId = await post();
    const offer = await socket.next('offer');
    await socket.run(offer);
    await requester.client.call(cancelJob, { params: { jobId } });
    expect(await socket.next('cancel')).toMatchObject({ executionId: offer.executionId });
  });
});

describe('lines of log as bytes', () => {
  it('are read back as they were written, also by who follows them', async () => {
    const socket = new TestAgentSocket(market.url, agent.apiKey);
    sockets.push(await socket.open());
    expect(await socket.hello()).toMatchObject({ takes: expect.arrayContaining(['log-bytes']) });
    await socket.ready();
    const jobId = await post();
    const offer = await socket.next('offer');
    await socket.run(offer);
    const ask = (query: string) =>
      fetch(`${market.url}/api/v1/jobs/${jobId}/logs${query}`, {
        headers: { authorization: `Bearer ${requester.apiKey}`, accept: 'text/plain' },
      });
    const followed = await ask('?follow=true');
    const texts = ['one\n\nfünf €\n', 'a piece', ' of a line\n', '\ttail\n'];
    let seqFirst = 1;
    for (const text of texts) {
      const lineCount = countLines(text);
      const blocks = [{ stream: 'stdout' as const, atMs: 1, lineCount, text }];
      const { ackedSeq } = Object(await socket.sendBytes({ ...about(offer), seqFirst, blocks }));
      seqFirst += lineCount;
      expect(ackedSeq).toBe(seqFirst - 1);
    }
    await socket.report(offer);
    expect(await followed.text()).toBe(texts.join(''));
    expect(await (await ask('')).text()).toBe(texts.join(''));
  });
});

describe('a socket that breaks', () => {
  it('loses no offer: one that was not accepted comes again with the same token', async () => {
    const first = await connect();
    await first.ready();
    await post();
    const offer = await first.next('offer');
    first.socket.terminate();
    const second = await connect();
    expect(await second.next('offer')).toEqual(offer);
    await second.run(offer);
    await second.report(offer);
    expect(await stateOf(offer.jobId)).toBe('succeeded');
  });

  it('counts an offer that came again against what is free', async () => {
    const first = await connect();
    await first.ready({ slots: 1 });
    await post();
    await first.next('offer');
    first.socket.terminate();
    const second = await connect();
    await second.ready({ slots: 1 });
    await post();
    await second.next('offer');
    await second.call('heartbeat', { executions: [], samples: [] });
    expect(second.messages).toEqual([]);
  });

  it('loses no cancellation, and a restart of the marketplace neither', async () => {
    const first = await connect();
    await first.ready({ slots: 1 });
    const cancelled = await post();
    const running = await first.next('offer');
    await first.run(running);
    await first.ready({ slots: 2 });
    await post();
    const offered = await first.next('offer');
    const closed = first.closed;
    await market.restart();
    expect(await closed).toBe(agentChannelCloses.restarting);
    await requester.client.call(cancelJob, { params: { jobId: cancelled } });
    const second = await connect();
    expect(await second.next('cancel')).toMatchObject({ executionId: running.executionId });
    await second.ready({ slots: 2 });
    expect(await second.next('offer')).toEqual({ ...offered, seq: expect.any(Number) });
  });

  it('says an offer again in full after it was killed before it had noted what the agent reads', async () => {
    const machine = { slots: 2, reads: ['rate' as const] };
    const first = await connect();
    await first.ready(machine);
    const money = (amount: string) => ({ amount, asset: 'SOL' as const });
    await post({ price: { kind: 'metered', bidPerGpuHour: money('1'), cap: money('0.001') } });
    const offered = await first.next('offer');
    expect(offered.rate).toBeDefined();
    await market.restart({ meanwhile: forgetOffers });
    const second = await connect();
    expect(second.messages).toEqual([]);
    await second.ready(machine);
    expect(await second.next('offer')).toEqual({ ...offered, seq: 1 });
  });

  it('takes over from a long poll, and a long poll from it', async () => {
    const polling = testAgentCalls(agent.client).poll({ waitSec: 20 });
    const socket = await connect();
    expect(await polling).toEqual([]);
    await socket.ready();
    const { closed } = socket;
    await testAgentCalls(agent.client).poll({ claimId: null });
    expect(await closed).toBe(agentChannelCloses.superseded);
  });
});

describe('an agent that does not read', () => {
  it('loses its socket and nothing else: what it missed comes again', async () => {
    const other = await connect((await registerTestAgent(market, 'other')).apiKey);
    const slow = await connect();
    await slow.ready({ slots: 1 });
    await post();
    const offer = await slow.next('offer');
    slow.socket.pause();
    const link = market.agentLinks.of(agent.agentId);
    const { seq: _, ...message } = { ...offer, spec: 'x'.repeat(512 * 1024) };
    for (let i = 0; i < 64; i += 1) link?.say(message);
    await vi.waitFor(() => expect(market.agentLinks.of(agent.agentId)).toBeNull(), 20_000);
    expect(await other.ready({ slots: 1 }, { wantsWork: false })).toEqual({});
    const again = await connect();
    expect(await again.next('offer')).toEqual(offer);
  });
});

describe('who may hold a socket', () => {
  it('is found out before it opens', async () => {
    const refused = async (headers: Record<string, string>) => {
      const socket = new WebSocket(market.url.replace('http', 'ws') + agentChannelUrl, { headers });
      return new Promise<number | undefined>((resolve) => {
        socket.on('error', () => undefined);
        socket.once('unexpected-response', (_, response) => {
          response.resume();
          resolve(response.statusCode);
        });
      });
    };
    expect(await refused({})).toBe(401);
    expect(await refused({ authorization: 'Bearer n3_wrong' })).toBe(401);
    expect(await refused({ authorization: `Bearer ${requester.apiKey}` })).toBe(403);
  });

  it('is the newest process of an agent; the older one is told so', async () => {
    const older = await connect();
    const newer = await connect(agent.apiKey, 'instance-0000000002');
    expect(await older.closed).toBe(agentChannelCloses.superseded);
    expect(older.problems).toMatchObject([{ code: 'AGENT_SUPERSEDED' }]);
    const again = new TestAgentSocket(market.url, agent.apiKey);
    sockets.push(again);
    await again.open();
    await expect(again.hello()).rejects.toMatchObject({ code: 'AGENT_SUPERSEDED' });
    expect(await again.closed).toBe(agentChannelCloses.superseded);
    expect(await newer.ready()).toEqual({});
  });

  it('may not stay once the operator has shut it out', async () => {
    const socket = await connect();
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const { agentId } = agent;
    await operator.call(setAgentEnabled, { params: { agentId }, body: { enabled: false } });
    expect(await socket.closed).toBe(agentChannelCloses.refused);
    expect(socket.problems).toMatchObject([{ code: 'AGENT_DISABLED' }]);
  });
});

describe('a drain', () => {
  it('is told over the socket, and no job comes until it is over', async () => {
    const socket = await connect();
    await socket.ready();
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const params = { agentId: agent.agentId };
    await operator.call(drainAgent, { params, body: {} });
    expect(await socket.next('drain')).toMatchObject({ type: 'drain' });
    const jobId = await post();
    socket.socket.terminate();
    const second = await connect();
    expect(await second.next('drain')).toMatchObject({ type: 'drain' });
    await second.ready();
    expect(await stateOf(jobId)).toBe('queued');
    await operator.call(resumeAgent, { params });
    expect(await second.next('resume')).toMatchObject({ type: 'resume' });
    expect((await second.next('offer')).jobId).toBe(jobId);
  });
});

const poisonedBatch = `{"id":7,"type":"logs","executionId":"${new SequentialIds().next('execution')}",
  "attempt":1,"leaseToken":"a-token-of-this-test","seqFirst":1,"blocks":[
    {"__proto__":{},"stream":"stdout","atMs":1,"lineCount":1,"text":"a\\n"}]}`;

describe('what is not understood', () => {
  it.each([
    ['no JSON', '{', 'REQUEST_MALFORMED'],
    ['a poisoned object', '{"id":7,"type":"hello","__proto__":{}}', 'REQUEST_MALFORMED'],
    ['a poisoned batch of log', poisonedBatch, 'REQUEST_INVALID'],
    ['a number', '7', 'REQUEST_INVALID'],
    ['an unknown type', '{"id":7,"type":"obey"}', 'REQUEST_INVALID'],
    [
      'an unknown field',
      '{"id":7,"type":"heartbeat","executions":[],"samples":[],"x":1}',
      'REQUEST_INVALID',
    ],
    [
      'too many messages',
      JSON.stringify(Array.from({ length: 300 }, () => 1)),
      'REQUEST_TOO_LARGE',
    ],
    [
      'bytes that are no lines of log',
      Buffer.from('{"type":"ready","blocks":[]}\n'),
      'REQUEST_MALFORMED',
    ],
    [
      'less bytes than are said',
      Buffer.from('{"type":"logs","blocks":[{"bytes":2}]}\na'),
      'REQUEST_MALFORMED',
    ],
    [
      'bytes with an unknown field',
      Buffer.from('{"type":"logs","blocks":[{"bytes":1,"x":1}]}\na'),
      'REQUEST_INVALID',
    ],
  ])('%s is answered with a problem, and the socket goes on', async (_, text, code) => {
    const socket = await connect();
    socket.socket.send(text);
    await socket.ready();
    expect(socket.problems).toMatchObject([{ code }]);
    await post();
    expect(await socket.next('offer')).toBeDefined();
  });

  it('says which request was wrong, and takes the others of its frame', async () => {
    const socket = await connect();
    const [wrong, right] = socket.send([
      { type: 'accept', fields: { executionId: 'exe_1' } },
      { type: 'heartbeat', fields: { executions: [], samples: [] } },
    ]);
    await expect(wrong).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await right).toMatchObject({ heartbeatMs: limits.agentIdleHeartbeatMs });
  });

  it('wants hello first, and a version that it knows', async () => {
    const socket = new TestAgentSocket(market.url, agent.apiKey);
    sockets.push(socket);
    await socket.open();
    await expect(socket.ready()).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    const old = { protocol: 99, instanceId: 'instance-0000000001' };
    await expect(socket.call('hello', old)).rejects.toThrow(/version 1/);
  });

  it('ends a frame that is too large with its socket, and nobody else', async () => {
    const other = await connect((await registerTestAgent(market, 'other')).apiKey);
    const socket = await connect();
    socket.socket.send('x'.repeat(limits.agentFrameBytes + 1));
    expect(await socket.closed).toBe(1009);
    expect(await other.ready()).toEqual({});
  });

  it('refuses more requests than may wait, and answers the rest', async () => {
    const socket = await connect();
    const heartbeat = { type: 'heartbeat' as const, fields: { executions: [], samples: [] } };
    const frames = Array.from({ length: 3 }, () =>
      socket.send(Array.from({ length: limits.agentMessagesPerFrame }, () => heartbeat)),
    );
    const answers = await Promise.allSettled(frames.flat());
    const refused = answers.filter(({ status }) => status === 'rejected');
    for (const answer of refused) {
      expect(isMarketError((answer as PromiseRejectedResult).reason, 'RATE_LIMITED')).toBe(true);
    }
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(limits.agentRequestsInFlight);
  });
});
