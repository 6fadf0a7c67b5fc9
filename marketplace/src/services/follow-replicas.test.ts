import { createClient } from '@node3/shared/client';
import { drainAgent, resumeAgent, setAgentEnabled } from '@node3/shared/routes/admin-agents';
import { agentChannelCloses } from '@node3/shared/routes/agent-channel';
import { appendLogs, heartbeatAgent, registerAgent } from '@node3/shared/routes/agents';
import { cancelJob, createJob, getJob, getJobLogs } from '@node3/shared/routes/jobs';
import { listPublicAgents } from '@node3/shared/routes/marketplace';
import { cancelReservation, createReservation } from '@node3/shared/routes/reservations';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fenceOf, testAgentCalls } from '../testing/test-agent.ts';
import { TestAgentSocket } from '../testing/test-agent-socket.ts';
import {
  openFundedAccount,
  registerTestAgent,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';
import { startTestReplicas, type TestReplicas } from '../testing/test-replicas.ts';

let all: TestReplicas;
let here: TestMarketplace;
let there: TestMarketplace;
let agent: Awaited<ReturnType<typeof registerTestAgent>>;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;
const sockets: TestAgentSocket[] = [];

beforeEach(async () => {
  all = await startTestReplicas(2);
  [here, there] = all.replicas as [TestMarketplace, TestMarketplace];
  agent = await registerTestAgent(here);
  requester = await openFundedAccount(here);
});
afterEach(async () => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
  expect(await here.store.verifyLedger()).toMatchObject({ balanced: true, problems: [] });
  await all.stop();
});

/** The agent's socket on the other replica than the one its requester and operator use. */
async function connectThere(apiKey = agent.apiKey) {
  const socket = new TestAgentSocket(there.url, apiKey);
  sockets.push(socket);
  await socket.open();
  await socket.hello();
  return socket;
}

const operator = () => createClient({ baseUrl: here.url, apiKey: here.adminApiKey });
const callsThere = () => testAgentCalls(createClient({ baseUrl: there.url, apiKey: agent.apiKey }));
const post = async (client = requester.client) =>
  (await client.call(createJob, { body: testJob() })).jobId;
const stateOf = async (jobId: string) =>
  (await requester.client.call(getJob, { params: { jobId } })).state;

describe('a job posted on one replica', () => {
  it('goes to an agent that waits on another one, by socket or by poll', async () => {
    const socket = await connectThere();
    await socket.ready({ slots: 1 });
    const first = await post();
    expect((await socket.next('offer')).jobId).toBe(first);
    socket.socket.terminate();
    const second = await post();
    const offered = await callsThere().poll({ waitSec: 10 });
    expect(offered).toMatchObject([{ type: 'offer', jobId: second }]);
  });

  it('is run, logged and paid there, and whoever follows it here misses nothing', async () => {
    const jobId = await post();
    const lines = requester.client.lines(getJobLogs, {
      params: { jobId },
      query: { follow: true },
    });
    const read = (async () => {
      const texts: string[] = [];
      for await (const line of lines as AsyncIterable<{ text?: string }>) {
        if (line.text !== undefined) texts.push(line.text);
      }
      return texts;
    })();
    const calls = callsThere();
    const offer = await calls.offer();
    await calls.run(offer);
    const texts = Array.from({ length: 50 }, (_, index) => `line ${index}`);
    for (const [index, text] of texts.entries()) {
      const line = { stream: 'stdout' as const, atMs: index, text, partial: false };
      await createClient({ baseUrl: there.url, apiKey: agent.apiKey }).call(appendLogs, {
        params: { executionId: offer.executionId },
        body: { ...fenceOf(offer), seqFirst: index + 1, lines: [line] },
      });
    }
    await calls.report(offer, { logLines: texts.length });
    expect(await read).toEqual(texts);
    expect(await stateOf(jobId)).toBe('succeeded');
    await vi.waitFor(() => expect(here.payoutWakes).toBeGreaterThan(0), 20_000);
  });

  it('waits here for one that ends there', async () => {
    const needed = await post();
    const waiting = await requester.client.call(createJob, {
      body: testJob({ after: [{ jobId: needed, condition: 'succeeded' }] }),
    });
    const calls = callsThere();
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    const next = await testAgentCalls(agent.client, {}, 'instance-0000000002').offer();
    expect(next.jobId).toBe(waiting.jobId);
  });

  it('is leased once, whoever asks for it where', async () => {
    const others = await Promise.all(
      Array.from({ length: 6 }, (_, index) => registerTestAgent(here, `agent ${index}`)),
    );
    const polls = others.map(({ apiKey }, index) => {
      const baseUrl = [here, there][index % 2]?.url ?? here.url;
      const calls = testAgentCalls(createClient({ baseUrl, apiKey }));
      return async () => {
        const found: string[] = [];
        for (;;) {
          const messages = await calls.poll({ waitSec: 1 });
          const [offer] = messages;
          if (offer?.type !== 'offer') return found;
          await calls.run(offer);
          await calls.report(offer);
          found.push(offer.jobId);
        }
      };
    });
    const posted = Array.from({ length: 60 }, () => post());
    const ran = await Promise.all(polls.map((poll) => poll()));
    expect(ran.flat().toSorted()).toEqual((await Promise.all(posted)).toSorted());
  });
});

describe('what is decided on one replica', () => {
  it('cancels a job that an agent runs on another one', async () => {
    const socket = await connectThere();
    await socket.ready();
    const jobId = await post();
    const offer = await socket.next('offer');
    await socket.run(offer);
    await requester.client.call(cancelJob, { params: { jobId } });
    expect(await socket.next('cancel')).toMatchObject({ executionId: offer.executionId });
  });

  it('drains an agent there, resumes it, and shuts it out', async () => {
    const socket = await connectThere();
    await socket.ready();
    const params = { agentId: agent.agentId };
    await operator().call(drainAgent, { params, body: {} });
    await socket.next('drain');
    const jobId = await post();
    expect(await socket.call('heartbeat', { executions: [], samples: [] })).toBeDefined();
    expect(await stateOf(jobId)).toBe('queued');
    await operator().call(resumeAgent, { params });
    await socket.next('resume');
    const offer = await socket.next('offer');
    await socket.run(offer);
    await operator().call(setAgentEnabled, { params, body: { enabled: false } });
    expect(await socket.closed).toBe(agentChannelCloses.refused);
    expect(socket.problems).toMatchObject([{ code: 'AGENT_DISABLED' }]);
    // Its job is given to others, on whichever replica.
    const other = await registerTestAgent(there, 'other');
    expect((await testAgentCalls(other.client).offer()).jobId).toBe(jobId);
  });

  it('tells an agent that polls of a drain and of its end', async () => {
    const params = { agentId: agent.agentId };
    await operator().call(drainAgent, { params, body: {} });
    const calls = callsThere();
    expect(await calls.poll()).toEqual([{ type: 'drain' }]);
    await operator().call(resumeAgent, { params });
    await vi.waitFor(async () => expect(await calls.poll()).toEqual([{ type: 'resume' }]), 20_000);
  });

  it('ends what is open under the old key of an agent that registers again', async () => {
    const socket = await connectThere();
    const { agentId, wallet } = agent;
    const proof = await wallet.prove(here.anonymous, 'agent.register');
    const body = { ...proof, agentId, name: 'again', version: '1' };
    const again = await here.anonymous.call(registerAgent, { body });
    expect(await socket.closed).toBe(agentChannelCloses.refused);
    const next = await connectThere(again.apiKey);
    expect(await next.ready()).toEqual({});
  });

  it('holds an agent for one account everywhere, and lets it go', async () => {
    const socket = await connectThere();
    await socket.ready();
    // Only offers that are known here can be reserved here.
    await testAgentCalls(agent.client).poll({ claimId: null });
    const again = await connectThere();
    await again.ready({ slots: 1 });
    const rival = await openFundedAccount(here);
    const from = new Date(Date.now() - 1_000).toISOString();
    const until = new Date(Date.now() + 600_000).toISOString();
    const { reservationId } = await operator().call(createReservation, {
      body: { accountId: requester.accountId, count: 1, from, until },
    });
    // Until the other replica knows of it the store refuses the lease.
    const refused = await post(rival.client);
    const own = await post();
    expect((await again.next('offer')).jobId).toBe(own);
    await operator().call(cancelReservation, { params: { reservationId } });
    await again.ready({ slots: 1 });
    expect((await again.next('offer')).jobId).toBe(refused);
  });
});

describe('an agent that moves', () => {
  it('waits for work at one replica: the one before lets go of it', async () => {
    const before = new TestAgentSocket(here.url, agent.apiKey);
    sockets.push(before);
    await before.open();
    await before.hello();
    await before.ready({ slots: 1 });
    const socket = await connectThere();
    expect(await before.closed).toBe(agentChannelCloses.superseded);
    await socket.ready({ slots: 1 });
    const jobId = await post();
    expect((await socket.next('offer')).jobId).toBe(jobId);
    // And back again: what it was before is no reason to refuse it.
    await testAgentCalls(agent.client).poll({ claimId: null });
    expect(await socket.closed).toBe(agentChannelCloses.superseded);
  });

  it('is one process: the one that was replaced is refused everywhere', async () => {
    await testAgentCalls(agent.client, {}, 'instance-0000000001').poll({ claimId: null });
    const elsewhere = createClient({ baseUrl: there.url, apiKey: agent.apiKey });
    await testAgentCalls(elsewhere, {}, 'instance-0000000002').poll({ claimId: null });
    const older = testAgentCalls(agent.client, {}, 'instance-0000000001');
    await vi.waitFor(async () => {
      await expect(older.poll({ claimId: null })).rejects.toMatchObject({
        code: 'AGENT_SUPERSEDED',
      });
    });
    const third = createClient({ baseUrl: there.url, apiKey: agent.apiKey });
    const heartbeat = { instanceId: 'instance-0000000001', executions: [], samples: [] };
    await expect(third.call(heartbeatAgent, { body: heartbeat })).rejects.toMatchObject({
      code: 'AGENT_SUPERSEDED',
    });
  });

  it('is online for everybody, wherever it is', async () => {
    const socket = await connectThere();
    await socket.ready();
    const listed = async () => {
      const { data } = await here.anonymous.call(listPublicAgents, {});
      expect(data).toMatchObject([{ agentId: agent.agentId, status: 'online', slots: 4 }]);
    };
    await vi.waitFor(listed, { timeout: 15_000 });
  });
});
