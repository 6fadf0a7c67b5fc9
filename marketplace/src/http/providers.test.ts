import { createClient } from '@node3/shared/client';
import type { BodyOf } from '@node3/shared/contract';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { getAdminAgent, issueRegistrationToken } from '@node3/shared/routes/admin-agents';
import { registerAgent } from '@node3/shared/routes/agents';
import { listAuditLog } from '@node3/shared/routes/audit';
import { explainSpec } from '@node3/shared/routes/explain';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import * as routes from '@node3/shared/routes/providers';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testWallet,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;
const wait = { timeout: 20_000, interval: 100 };
const operator = () => createClient({ baseUrl: market.url, apiKey: market.adminApiKey });

beforeEach(async () => {
  market = await startTestMarketplace();
  requester = await openFundedAccount(market);
});
afterEach(() => market.stop());

function register(more: Partial<BodyOf<typeof routes.registerProvider>> = {}) {
  return operator().call(routes.registerProvider, {
    body: { name: 'docker-eu', kind: 'docker', ...more },
  });
}

const read = (provider = 'docker-eu') =>
  operator().call(routes.getProvider, { params: { provider } });

/** An agent that registers with a token of a provider. */
async function join(provider?: string) {
  const body = provider === undefined ? {} : { provider };
  const { token } = await operator().call(issueRegistrationToken, { body });
  const proof = await testWallet().prove(market.anonymous, 'agent.register');
  const { agentId, apiKey } = await market.anonymous.call(registerAgent, {
    body: { ...proof, name: 'rig', version: '1.0.0', registrationToken: token },
  });
  return { agentId, client: createClient({ baseUrl: market.url, apiKey }) };
}

async function post(spec: Partial<JobSpecInput> = {}) {
  const { jobId } = await requester.client.call(createJob, { body: testJob(spec) });
  return { jobId, read: () => requester.client.call(getJob, { params: { jobId } }) };
}

const placedAt = (provider: string) => ({ placement: { labels: { 'node3/provider': provider } } });

const setState = (state: 'active' | 'maintenance' | 'disabled', reason?: string) =>
  operator().call(routes.setProviderState, {
    params: { provider: 'docker-eu' },
    body: { state, ...(reason === undefined ? {} : { reason }) },
  });

describe('a provider', () => {
  it('[3.08] keeps everything its form asks for, and shows no credential again', async () => {
    const form = {
      description: 'the racks in Rome',
      capabilities: {
        cpusMax: 4,
        gpuSupport: true,
        gpuTypes: ['a100'],
        architectures: ['x64' as const],
        runtimes: ['docker'],
        regions: ['eu-south'],
        runSecMax: 600,
      },
      endpoint: 'https://docker.example:2376',
      credentials: { token: 'open sesame' },
      labels: { rack: '7' },
      tags: ['fast'],
      priority: 9,
      workersMax: 3,
    };
    const made = await register(form);
    expect(made).toMatchObject({ ...form, credentials: ['token'], status: 'unhealthy' });
    expect(await read(made.providerId)).toEqual(await read());
    const change = { credentials: { token: null, key: 'another one' }, endpoint: null };
    const params = { provider: 'docker-eu' };
    const changed = await operator().call(routes.updateProvider, { params, body: change });
    expect(changed).toMatchObject({ ...form, credentials: ['key'], endpoint: null });
    await market.restart();
    expect(await read()).toEqual(changed);
    const stored = JSON.stringify(await market.store.providers());
    expect(stored).not.toMatch(/open sesame|another one/);
    const audit = await operator().call(listAuditLog, { query: { target: made.providerId } });
    expect(audit.data.map(({ action }) => action)).toEqual([
      'provider.changed',
      'provider.registered',
    ]);
    expect(JSON.stringify(audit)).not.toMatch(/open sesame|another one/);
  });

  it('is one of its name, and the built-in one stays', async () => {
    await register();
    await expect(register()).rejects.toMatchObject({ code: 'PROVIDER_NAME_TAKEN' });
    const { data } = await operator().call(routes.listProviders, {});
    expect(data.map(({ name, builtIn }) => [name, builtIn])).toEqual([
      ['default', true],
      ['docker-eu', false],
    ]);
    const remove = (provider: string) =>
      operator().call(routes.deleteProvider, { params: { provider } });
    await expect(remove('default')).rejects.toMatchObject({ code: 'PROVIDER_IN_USE' });
    await remove('docker-eu');
    await expect(read()).rejects.toMatchObject({ code: 'PROVIDER_NOT_FOUND' });
  });

  it('[3.07] has the agents of its tokens, and no more than it may', async () => {
    await register({ workersMax: 1 });
    const { agentId } = await join('docker-eu');
    await expect(join('docker-eu')).rejects.toMatchObject({ code: 'PROVIDER_FULL' });
    const other = await join();
    const show = (id: string) => operator().call(getAdminAgent, { params: { agentId: id } });
    expect([(await show(agentId)).provider, (await show(other.agentId)).provider]).toEqual([
      'docker-eu',
      'default',
    ]);
    const assign = (id: string, provider: string) =>
      operator().call(routes.assignAgent, { params: { agentId: id }, body: { provider } });
    const full = assign(other.agentId, 'docker-eu');
    await expect(full).rejects.toMatchObject({ code: 'PROVIDER_FULL' });
    await assign(agentId, 'default');
    await assign(other.agentId, 'docker-eu');
    expect((await show(other.agentId)).provider).toBe('docker-eu');
  });
});

describe('the agents of a provider', () => {
  it('[2.20] get the jobs that name it, and others get none of them', async () => {
    await register();
    const inside = testAgentCalls((await join('docker-eu')).client, { labels: { rack: '1' } });
    const outside = testAgentCalls((await join()).client, {
      labels: { 'node3/provider': 'docker-eu' },
    });
    await Promise.all([inside.poll(), outside.poll()]);
    const named = await post(placedAt('docker-eu'));
    expect(await outside.poll()).toEqual([]);
    expect((await inside.offer()).jobId).toBe(named.jobId);
    const plain = await post(placedAt('default'));
    expect(await inside.poll()).toEqual([]);
    expect((await outside.offer()).jobId).toBe(plain.jobId);
  });

  it('[3.07] get nothing new in maintenance and while it is disabled, and finish what they run', async () => {
    await register();
    const agent = testAgentCalls((await join('docker-eu')).client);
    const first = await post();
    const offer = await agent.offer();
    await agent.run(offer);
    expect(await setState('maintenance', 'new disks')).toMatchObject({
      status: 'maintenance',
      statusReason: 'new disks',
    });
    const second = await post();
    expect(await agent.poll()).toEqual([]);
    await setState('disabled');
    expect(await agent.poll()).toEqual([]);
    await agent.report(offer);
    expect(await first.read()).toMatchObject({ state: 'succeeded' });
    const waiting = agent.poll({ waitSec: 20 });
    await setState('active');
    expect(await waiting).toMatchObject([{ type: 'offer', jobId: second.jobId }]);
  });

  it('get no job that is larger or may run longer than it lets them', async () => {
    await register({ capabilities: { cpusMax: 2, memoryBytesMax: 2 * 1024 ** 3, runSecMax: 600 } });
    const agent = testAgentCalls((await join('docker-eu')).client);
    await agent.poll();
    const refused = (spec: Partial<JobSpecInput>) =>
      expect(post(spec)).rejects.toMatchObject({ code: 'JOB_UNSATISFIABLE' });
    await refused({ resources: { cpus: 3 } });
    await refused({ resources: { memoryBytes: 3 * 1024 ** 3 } });
    await refused({ limits: { runSec: 601 } });
    const { jobId } = await post({ resources: { cpus: 2 }, limits: { runSec: 600 } });
    expect((await agent.offer()).jobId).toBe(jobId);
    const params = { provider: 'docker-eu' };
    const body = { capabilities: { architectures: ['arm64' as const] } };
    await operator().call(routes.updateProvider, { params, body });
    await post();
    expect(await agent.poll()).toEqual([]);
    expect(await read()).toMatchObject({ status: 'degraded', workers: { accepting: 0 } });
  });

  it('that are looked at for a job say which of its limits is in the way', async () => {
    await register({ capabilities: { runSecMax: 600 } });
    await testAgentCalls((await join('docker-eu')).client).poll();
    const spec = testJob({ limits: { runSec: 601 } });
    const told = await requester.client.call(explainSpec, { body: spec });
    expect(told).toMatchObject({
      possible: false,
      alternatives: [{ constraint: 'run_time', pointer: '/limits/runSec', value: 600 }],
    });
  });
});

describe('how a provider stands', () => {
  it('[3.07] [3.09] follows from its agents, and each change is kept', async () => {
    const clock = new ManualClock();
    await market.stop();
    market = await startTestMarketplace({ clock });
    requester = await openFundedAccount(market);
    await register();
    const [one, two] = [await join('docker-eu'), await join('docker-eu')];
    expect(await read()).toMatchObject({ status: 'unhealthy', workers: { registered: 2 } });
    const first = testAgentCalls(one.client, { slots: 1 });
    const second = testAgentCalls(two.client, { slots: 1 });
    await first.poll();
    expect(await read()).toMatchObject({ status: 'degraded', workers: { online: 1 } });
    await second.poll();
    expect(await read()).toMatchObject({ status: 'active', workers: { slots: 2, busySlots: 0 } });
    await post();
    await post();
    const offers = [await first.offer(), await second.offer()];
    expect(await read()).toMatchObject({ status: 'overloaded', workers: { busySlots: 2 } });
    for (const [index, calls] of [first, second].entries()) {
      const offer = offers[index];
      if (offer === undefined) throw new Error('both agents have got a job');
      await calls.run(offer);
      await calls.report(offer, { runMs: 1_000 * (index + 1) });
    }
    const params = { provider: 'docker-eu' };
    expect(await operator().call(routes.getProviderStats, { params })).toMatchObject({
      agents: 2,
      jobsSucceeded: 2,
      jobsFailed: 0,
      successRate: 1,
      utilization: 0,
      earned: { SOL: { pending: { amount: '0.002' } } },
    });
    // A turn of the watcher comes with each start; the clock stands, so everybody is still there.
    const health = () => operator().call(routes.getProviderHealth, { params });
    const seen = (status: string) =>
      vi.waitFor(async () => expect((await health()).data[0]?.status).toBe(status), wait);
    await market.restart();
    await seen('active');
    await setState('maintenance', 'new disks');
    await market.restart();
    await seen('maintenance');
    const { data } = await health();
    expect(data).toMatchObject([
      { number: 2, status: 'maintenance', reason: 'new disks' },
      { number: 1, status: 'active', reason: 'All 2 agents are online.' },
    ]);
  });
});
