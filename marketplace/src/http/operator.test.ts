import { createClient } from '@node3/shared/client';
import { getAccount } from '@node3/shared/routes/accounts';
import * as accounts from '@node3/shared/routes/admin-accounts';
import { setAgentEnabled } from '@node3/shared/routes/admin-agents';
import { explainAdminJob, listAdminJobs, listQueue } from '@node3/shared/routes/admin-jobs';
import { getAdminOverview } from '@node3/shared/routes/admin-overview';
import { listAuditLog } from '@node3/shared/routes/audit';
import { type FleetSort, listAgents } from '@node3/shared/routes/fleet';
import { getAdminJobMetrics, getJobMetrics } from '@node3/shared/routes/job-metrics';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import { exportLedger } from '@node3/shared/routes/ledger';
import { getOverview } from '@node3/shared/routes/marketplace';
import { startRun } from '@node3/shared/routes/redmind';
import { createSchedule } from '@node3/shared/routes/schedules';
import { listSwitches, setSwitch } from '@node3/shared/routes/switches';
import { createWebhook, testWebhook } from '@node3/shared/routes/webhooks';
import { createWithdrawal } from '@node3/shared/routes/withdrawals';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
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

beforeAll(async () => {
  all = await startTestReplicas(2);
  [here, there] = all.replicas as [TestMarketplace, TestMarketplace];
});
afterAll(() => all.stop());

const operator = () => createClient({ baseUrl: here.url, apiKey: here.adminApiKey });
const turn = (name: 'pause-matching' | 'read-only', on: boolean) =>
  operator().call(setSwitch, { params: { name }, body: { on, reason: 'a test of ours' } });
const at = (market: TestMarketplace, apiKey: string) =>
  createClient({ baseUrl: market.url, apiKey });
const post = (client: ReturnType<typeof operator>) => client.call(createJob, { body: testJob() });
/** Other replicas follow as soon as they read the log. */
const follow = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 10_000 });

describe('switches', () => {
  it('pause matching on every replica: no job is assigned, what runs goes on', async () => {
    const requester = await openFundedAccount(here);
    const agent = await registerTestAgent(here);
    const calls = testAgentCalls(at(there, agent.apiKey));
    const running = await post(requester.client);
    const offer = await calls.offer();
    await turn('pause-matching', true);
    const anonymous = createClient({ baseUrl: there.url });
    await follow(async () => {
      const { data } = await anonymous.call(listSwitches, {});
      expect(data[0]).toMatchObject({ name: 'pause-matching', on: true, reason: 'a test of ours' });
    });
    const waiting = await post(requester.client);
    expect(await calls.poll({ waitSec: 0 })).toEqual([]);
    await calls.run(offer);
    await calls.report(offer);
    const { state } = await requester.client.call(getJob, { params: { jobId: running.jobId } });
    expect(state).toBe('succeeded');
    await turn('pause-matching', false);
    await follow(async () => {
      expect(await calls.poll({ waitSec: 1 })).toMatchObject([{ jobId: waiting.jobId }]);
    });
  });

  it('take no new work while read-only, and let money go', async () => {
    const requester = await openFundedAccount(here);
    const { jobId } = await post(requester.client);
    const schedule = { name: 'tick', cron: '* * * * *', timezone: 'UTC', jobSpec: testJob() };
    const flow = { start: 'in', nodes: [{ id: 'in', type: 'input' as const }], edges: [] };
    const begin = ({ client }: typeof requester, idempotencyKey: string) =>
      [
        async () =>
          (await client.call(createSchedule, { body: schedule }, { idempotencyKey })).scheduleId,
        async () => (await client.call(startRun, { body: { flow } }, { idempotencyKey })).runId,
      ] as const;
    const made = await Promise.all(begin(requester, 'once').map((make) => make()));
    await turn('read-only', true);
    // What is only repeated was done before: it gets its answer, and nothing else begins.
    expect(await Promise.all(begin(requester, 'once').map((make) => make()))).toEqual(made);
    for (const make of begin(requester, 'another')) {
      await expect(make()).rejects.toMatchObject({ code: 'MARKET_READ_ONLY' });
    }
    const elsewhere = at(there, requester.apiKey);
    await follow(() =>
      expect(post(elsewhere)).rejects.toMatchObject({
        code: 'MARKET_READ_ONLY',
        message: expect.stringContaining('a test of ours'),
      }),
    );
    await elsewhere.call(cancelJob, { params: { jobId } });
    const money = { asset: 'SOL' as const, amount: '0.5' };
    await elsewhere.call(createWithdrawal, { body: { money } });
    await openFundedAccount(here);
    await turn('read-only', false);
    await follow(() => post(elsewhere));
  });
});

describe('accounts', () => {
  it('that are suspended post nothing anywhere, and the look at one is audited', async () => {
    const requester = await openFundedAccount(here);
    const { accountId } = await requester.client.call(getAccount, {});
    const params = { accountId };
    const body = { reason: 'a stolen card' };
    const shown = await operator().call(accounts.suspendAccount, { params, body });
    expect(shown.suspension).toMatchObject({ reason: 'a stolen card' });
    await expect(post(requester.client)).rejects.toMatchObject({ code: 'ACCOUNT_SUSPENDED' });
    const elsewhere = at(there, requester.apiKey);
    await follow(() =>
      expect(post(elsewhere)).rejects.toMatchObject({ code: 'ACCOUNT_SUSPENDED' }),
    );
    await operator().call(accounts.restoreAccount, { params, body: { reason: 'it was returned' } });
    await post(requester.client);
    const detail = await operator().call(accounts.getAdminAccount, { params });
    expect(detail).toMatchObject({ openJobs: 1, suspension: null, jobs: { queued: 1 } });
    const [key] = detail.keys;
    const one = { ...params, keyId: key?.keyId ?? '' };
    await operator().call(accounts.revokeAccountKey, { params: one });
    await expect(requester.client.call(getAccount, {})).rejects.toMatchObject({
      code: 'AUTH_INVALID',
    });
    const foreign = { accountId: 'acc_01M8BAHJE7E7XBB3J6PT750FZT', keyId: one.keyId };
    await expect(
      operator().call(accounts.revokeAccountKey, { params: foreign }),
    ).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    const { data } = await operator().call(listAuditLog, { query: { target: accountId } });
    expect(data.map(({ action }) => action)).toEqual([
      'account.read',
      'account.restored',
      'account.suspended',
      'account.created',
    ]);
    expect(data[0]?.ip).not.toBeNull();
  });
});

describe('the operator', () => {
  it('sees jobs of everybody, their places in the queue and what they wait for', async () => {
    const [alice, bob] = [await openFundedAccount(here), await openFundedAccount(here)];
    const first = await post(alice.client);
    const body = testJob({ priority: 'high' });
    const second = await bob.client.call(createJob, { body });
    const queue = await operator().call(listQueue, { query: {} });
    const places = queue.data.filter(({ jobId }) =>
      [first, second].some((job) => job.jobId === jobId),
    );
    expect(places.map(({ jobId }) => jobId)).toEqual([first.jobId, second.jobId]);
    expect(places[1]?.ahead).toBe(0);
    expect(places[0]?.ahead).toBeGreaterThan(0);
    expect(queue.depth).toBeGreaterThanOrEqual(2);
    const params = { jobId: first.jobId };
    expect(await operator().call(explainAdminJob, { params })).toMatchObject(params);
    await alice.client.call(cancelJob, { params });
    const { data } = await operator().call(listAdminJobs, { query: { state: 'cancelled' } });
    const charged = { amount: '0', asset: 'SOL' };
    expect(data[0]).toMatchObject({
      ...params,
      state: 'cancelled',
      reason: 'cancelled_by_requester',
      charged,
    });
    const find = async (query: object) =>
      (await operator().call(listAdminJobs, { query })).data.map(({ jobId }) => jobId);
    const { jobId } = params;
    expect(await find({ jobId })).toEqual([jobId]);
    expect(await find({ jobId, state: 'queued' })).toEqual([]);
    expect(await find({ jobId, accountId: bob.accountId })).toEqual([]);
    await expect(
      operator().call(listAdminJobs, { query: { state: 'lost' } }),
    ).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('reads figures of everybody where others read their own', async () => {
    const requester = await openFundedAccount(here);
    const { jobId } = await post(requester.client);
    await requester.client.call(cancelJob, { params: { jobId } });
    const own = await requester.client.call(getJobMetrics, { query: { range: '1h' } });
    expect(own).toMatchObject({ total: { jobs: 1, cancelled: 1, successRatio: null } });
    expect(own.steps).toHaveLength(12);
    expect(own.steps.reduce((sum, { jobs }) => sum + jobs, 0)).toBe(1);
    expect(Date.parse(own.to)).toBeLessThanOrEqual(Date.now());
    const everybody = await operator().call(getAdminJobMetrics, { query: { range: '1h' } });
    expect(everybody.total.jobs).toBeGreaterThan(own.total.jobs);
    const overview = await operator().call(getAdminOverview, {});
    expect(overview.lastDay?.jobs).toBe(everybody.total.jobs);
    expect(overview).toMatchObject({ readOnly: false, matching: 'running' });
  });

  it('counts those that are shut out as neither online nor offline, without a read of each', async () => {
    const read = async () => {
      const { agents } = await operator().call(getAdminOverview, {});
      expect((await createClient({ baseUrl: here.url }).call(getOverview, {})).agents).toEqual({
        online: agents.online,
        offline: agents.offline,
      });
      return agents;
    };
    const { agentId } = await registerTestAgent(here, 'shut-out');
    const before = await read();
    const params = { agentId };
    await operator().call(setAgentEnabled, { params, body: { enabled: false, reason: 'a test' } });
    const { store } = here;
    const everyRow = vi.spyOn(store, 'agents');
    const after = await read();
    expect(after).toMatchObject({ online: before.online, offline: before.offline - 1 });
    expect(after.states.disabled).toBe(before.states.disabled + 1);
    expect(everyRow).not.toHaveBeenCalled();
    everyRow.mockRestore();
    await operator().call(setAgentEnabled, { params, body: { enabled: true } });
    expect(await read()).toEqual(before);
  });

  it('turns the pages of the whole fleet, in its order and with its counts', async () => {
    for (const name of ['rig-10', 'rig-9', 'rig-1']) await registerTestAgent(here, name);
    const read = (query: object) => operator().call(listAgents, { query });
    const names = async (sort: FleetSort) => {
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const more: object = cursor === null ? {} : { cursor };
        const page = await read({ q: 'RIG-', sort, limit: 2, ...more });
        expect(page.data.length).toBeLessThanOrEqual(2);
        expect(page.total.found).toBe(3);
        found.push(...page.data.map(({ name }) => name));
        cursor = page.nextCursor;
      } while (cursor !== null);
      return found;
    };
    expect(await names('name')).toEqual(['rig-1', 'rig-9', 'rig-10']);
    expect(await names('-name')).toEqual(['rig-10', 'rig-9', 'rig-1']);
    const { total, facets } = await read({ status: 'disabled' });
    expect(total.found).toBe(0);
    expect(facets.status.reduce((sum, { count }) => sum + count, 0)).toBe(total.agents);
    await expect(read({ cursor: 'none' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('counts the webhooks that fail, all of them', async () => {
    const { client } = await openFundedAccount(here);
    const body = { url: 'http://127.0.0.1:1/nobody', types: ['webhook.tested'] };
    const { webhookId } = await client.call(createWebhook, { body });
    const before = await operator().call(getAdminOverview, {});
    await client.call(testWebhook, { params: { webhookId } });
    await follow(async () => {
      const { webhooks } = await operator().call(getAdminOverview, {});
      expect(webhooks.failing).toBe(before.webhooks.failing + 1);
      expect(webhooks.enabled).toBe(before.webhooks.enabled);
    });
  });

  it('gets the ledger for a spreadsheet, with a line that says it is whole', async () => {
    const headers = { authorization: `Bearer ${here.adminApiKey}`, accept: 'text/csv' };
    const response = await fetch(`${here.url}${exportLedger.url}`, { headers });
    const lines = (await response.text()).trim().split('\r\n');
    expect(lines[0]).toBe('entry,transferId,debit,credit,asset,amount,kind,ref,at,hash');
    expect(lines[1]).toMatch(/^1,"/);
    expect(lines.at(-1)).toBe('ended');
  });
});
