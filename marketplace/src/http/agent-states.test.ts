import { createClient } from '@node3/shared/client';
import {
  drainAgent,
  getAdminAgent,
  issueRegistrationToken,
  resumeAgent,
  revokeRegistrationToken,
  setAgentEnabled,
  unregisterAgent,
} from '@node3/shared/routes/admin-agents';
import {
  drainOwnAgent,
  getOwnAgent,
  resumeOwnAgent,
  rotateOwnKey,
  unregisterOwnAgent,
} from '@node3/shared/routes/agent-identity';
import { registerAgent } from '@node3/shared/routes/agents';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testWallet,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
const operator = () => createClient({ baseUrl: market.url, apiKey: market.adminApiKey });

beforeEach(async () => {
  market = await startTestMarketplace();
});
afterEach(() => market.stop());

async function post() {
  const requester = await openFundedAccount(market);
  const { jobId } = await requester.client.call(createJob, { body: testJob() });
  const read = () => requester.client.call(getJob, { params: { jobId } });
  return { jobId, read };
}

describe('a draining agent', () => {
  it('[1.12] finishes what it runs, hears of it once and gets nothing new', async () => {
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client);
    const first = await post();
    const offer = await calls.offer();
    await calls.run(offer);
    const params = { agentId: agent.agentId };
    const body = { reason: 'New racks on Monday.' };
    const drained = await operator().call(drainAgent, { params, body });
    expect(drained.standing).toMatchObject({
      state: 'draining',
      reason: 'New racks on Monday.',
      by: 'operator',
    });
    const second = await post();
    expect(await calls.poll()).toEqual([{ type: 'drain' }]);
    expect(await calls.poll()).toEqual([]);
    await calls.report(offer);
    expect(await first.read()).toMatchObject({ state: 'succeeded' });
    expect(await second.read()).toMatchObject({ state: 'queued' });
    await operator().call(resumeAgent, { params });
    const messages = await calls.poll();
    expect(messages.map(({ type }) => type)).toEqual(['resume', 'offer']);
  });

  it('is told at once while it waits', async () => {
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client);
    await calls.poll();
    const waiting = calls.poll({ waitSec: 20 });
    await agent.client.call(drainOwnAgent, {});
    expect(await waiting).toEqual([{ type: 'drain' }]);
  });

  it('ends its own drain, but not that of the operator', async () => {
    const { agentId, client } = await registerTestAgent(market);
    expect((await client.call(drainOwnAgent, {})).standing.by).toBe(`agent:${agentId}`);
    expect((await client.call(resumeOwnAgent, {})).standing.state).toBe('active');
    await operator().call(drainAgent, { params: { agentId }, body: {} });
    await expect(client.call(resumeOwnAgent, {})).rejects.toMatchObject({ code: 'AUTH_FORBIDDEN' });
    expect((await client.call(getOwnAgent, {})).standing.state).toBe('draining');
  });
});

describe('an agent that is sent away', () => {
  it('[1.08] [1.12] loses what it runs to others at once, and costs the job no attempt', async () => {
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client);
    const job = await post();
    await calls.run(await calls.offer());
    const params = { agentId: agent.agentId };
    const body = { enabled: false, reason: 'It sold air.' };
    await operator().call(setAgentEnabled, { params, body });
    expect(await job.read()).toMatchObject({ state: 'queued', reason: 'agent_removed' });
    await expect(calls.poll()).rejects.toMatchObject({ code: 'AGENT_DISABLED' });
    const other = await registerTestAgent(market, 'other');
    expect((await testAgentCalls(other.client).offer()).jobId).toBe(job.jobId);
    await operator().call(setAgentEnabled, { params, body: { enabled: true } });
    expect((await calls.poll()).map(({ type }) => type)).toEqual(['cancel']);
    expect(await calls.poll()).toEqual([]);
    const { jobsFailed, reputation } = await operator().call(getAdminAgent, { params });
    expect(jobsFailed).toBe(0);
    expect(reputation.completion).toEqual({ value: null, weight: 0, count: 0 });
  });

  it('[1.06] [1.12] or leaves of its own accord has no keys any more, and comes back as itself', async () => {
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client);
    const job = await post();
    await calls.accept(await calls.offer());
    await agent.client.call(unregisterOwnAgent, {});
    expect(await job.read()).toMatchObject({ state: 'queued', reason: 'released_by_agent' });
    await expect(calls.poll()).rejects.toMatchObject({ code: 'AUTH_INVALID' });
    const proof = await agent.wallet.prove(market.anonymous, 'agent.register');
    const again = { ...proof, name: 'renamed', version: '2', agentId: agent.agentId };
    const back = await market.anonymous.call(registerAgent, { body: again });
    expect(back.agentId).toBe(agent.agentId);
    const client = createClient({ baseUrl: market.url, apiKey: back.apiKey });
    expect(await client.call(getOwnAgent, {})).toMatchObject({
      name: 'renamed',
      standing: { state: 'active' },
    });
  });

  it('is not enabled by resuming, nor drained', async () => {
    const { agentId } = await registerTestAgent(market);
    const params = { agentId };
    await operator().call(setAgentEnabled, { params, body: { enabled: false } });
    const refused = { code: 'AGENT_STATE_INVALID' };
    await expect(operator().call(resumeAgent, { params })).rejects.toMatchObject(refused);
    await expect(operator().call(drainAgent, { params, body: {} })).rejects.toMatchObject(refused);
    await operator().call(unregisterAgent, { params, body: {} });
  });
});

describe('an identity', () => {
  it('belongs to its wallet', async () => {
    const { agentId } = await registerTestAgent(market);
    const thief = testWallet();
    const proof = await thief.prove(market.anonymous, 'agent.register');
    const body = { ...proof, name: 'thief', version: '1', agentId };
    const stolen = market.anonymous.call(registerAgent, { body });
    await expect(stolen).rejects.toMatchObject({ code: 'AUTH_FORBIDDEN' });
  });

  it('[1.06] that registers again revokes the key before and stays disabled', async () => {
    const agent = await registerTestAgent(market);
    const params = { agentId: agent.agentId };
    await operator().call(setAgentEnabled, { params, body: { enabled: false } });
    const proof = await agent.wallet.prove(market.anonymous, 'agent.register');
    const body = { ...proof, name: 'again', version: '1', agentId: agent.agentId };
    const { apiKey } = await market.anonymous.call(registerAgent, { body });
    const old = agent.client.call(getOwnAgent, {});
    await expect(old).rejects.toMatchObject({ code: 'AUTH_INVALID' });
    const client = createClient({ baseUrl: market.url, apiKey });
    await expect(client.call(getOwnAgent, {})).rejects.toMatchObject({ code: 'AGENT_DISABLED' });
  });

  it('[1.07] has an old key for a few minutes after a rotation', async () => {
    const clock = new ManualClock();
    await market.restart({ clock });
    const agent = await registerTestAgent(market);
    const { apiKey } = await agent.client.call(rotateOwnKey, {});
    const client = createClient({ baseUrl: market.url, apiKey });
    for (const either of [client, agent.client]) await either.call(getOwnAgent, {});
    clock.advance(300_000);
    await client.call(getOwnAgent, {});
    const old = agent.client.call(getOwnAgent, {});
    await expect(old).rejects.toMatchObject({ code: 'AUTH_INVALID' });
  });
});

describe('a registration token', () => {
  const register = async (registrationToken?: string) => {
    const wallet = testWallet();
    const proof = await wallet.prove(market.anonymous, 'agent.register');
    const body = {
      ...proof,
      name: 'rig',
      version: '1',
      ...(registrationToken && { registrationToken }),
    };
    return market.anonymous.call(registerAgent, { body });
  };
  const refused = { code: 'REGISTRATION_TOKEN_INVALID' };

  it('[1.05] is needed where the operator says so, and works once', async () => {
    await market.restart({ registration: 'token' });
    await expect(register()).rejects.toMatchObject(refused);
    const { token } = await operator().call(issueRegistrationToken, { body: { name: 'rig' } });
    const settled = await Promise.allSettled([register(token), register(token)]);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(register(`${token.slice(0, -4)}AAAA`)).rejects.toMatchObject(refused);
  });

  it('[1.05] is no good once revoked or for another wallet, even where none is needed', async () => {
    const { token, tokenId } = await operator().call(issueRegistrationToken, { body: {} });
    await operator().call(revokeRegistrationToken, { params: { tokenId } });
    await expect(register(token)).rejects.toMatchObject(refused);
    const body = { wallet: testWallet().address };
    const bound = await operator().call(issueRegistrationToken, { body });
    await expect(register(bound.token)).rejects.toMatchObject(refused);
  });
});
