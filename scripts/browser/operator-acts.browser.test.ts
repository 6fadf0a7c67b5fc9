import { join } from 'node:path';
import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { outcome } from '@node3/agent/testing/test-agent';
import { pricingDefaults } from '@node3/marketplace/config';
import { baseUnits } from '@node3/shared/money';
import { getAccount, getDepositAddress } from '@node3/shared/routes/accounts';
import { getAdminAccount } from '@node3/shared/routes/admin-accounts';
import { getAdminAgent, listRegistrationTokens } from '@node3/shared/routes/admin-agents';
import { listAdminJobs } from '@node3/shared/routes/admin-jobs';
import { listAlerts } from '@node3/shared/routes/alerts';
import { listAuditLog } from '@node3/shared/routes/audit';
import { listAdminDeposits } from '@node3/shared/routes/deposits';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { exportLedger } from '@node3/shared/routes/ledger';
import { getPayout, startPayouts, stopPayouts } from '@node3/shared/routes/payouts';
import { getProvider } from '@node3/shared/routes/providers';
import { listReservations } from '@node3/shared/routes/reservations';
import { listSwitches } from '@node3/shared/routes/switches';
import { createWebhook, testWebhook } from '@node3/shared/routes/webhooks';
import { createWithdrawal } from '@node3/shared/routes/withdrawals';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { transferSol } from '../dev-transfers.ts';
import { dashboardDir, findChromium, inspectPage, launch } from './browser-support.ts';

const { program, skip } = findChromium();
const wide = { timeout: 30_000 };
const endless = {
  name: 'Endless sweep',
  workload: { kind: 'container' as const, image: 'busybox', command: ['sleep'] },
  price: { kind: 'fixed' as const, reward: { asset: 'SOL' as const, amount: '0.01' } },
};
const sol = (amount: string) => ({ asset: 'SOL' as const, amount });

/** Runs whatever it gets until it is told to end. */
function endlessExecutor(): FakeExecutor {
  const executor = new FakeExecutor();
  executor.programProbe({ available: true, problems: [], isolationEffective: null });
  executor.program('*', {
    prepare: { imageId: 'sha256:1', imageDigest: null, sizeBytes: 1, pulled: false },
    start: { startedAtMs: Date.now() },
    outcomeOfCancel: outcome({ cancelled: true }),
  });
  return executor;
}

describe.skipIf(skip)('what the operator does in a real browser', () => {
  let network: DevNetwork;
  let requester: Requester;
  let agentId: string;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    network = await startDevNetwork({
      marketplace: {
        dashboardDir,
        webhookAllow: { networks: ['127.0.0.0/8'], ports: 'any' },
        payoutCaps: { SOL: { payout: baseUnits(500_000_000n) }, USDC: {} },
        alerts: { ...pricingDefaults.alerts, treasuryLamports: baseUnits(10n ** 12n) },
      },
    });
    const agent = await network.startAgent('lighthouse', {
      parts: { createExecutors: () => [endlessExecutor()] },
    });
    await agent.ready();
    agentId = agent.agentId ?? '';
    requester = await network.openRequester();
    browser = await launch(program);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(wide.timeout);
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${network.marketplaceUrl}/admin/switches#key=${network.adminApiKey}`);
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  const ask: DevNetwork['operator']['call'] = (...args) => network.operator.call(...args);
  const goTo = async (path: string, heading: string) => {
    await page.goto(`${network.marketplaceUrl}${path}`);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  };
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  /** Presses a button, gives a reason where one is asked for, and confirms with the same word. */
  const confirm = async (name: string, given: { reason?: string; typed?: string } = {}) => {
    await button(name).first().click();
    const dialog = page.getByRole('dialog');
    if (given.reason !== undefined) await dialog.getByLabel('Reason').fill(given.reason);
    if (given.typed !== undefined) await dialog.getByLabel(/^Type /).fill(given.typed);
    await dialog.getByRole('button', { name, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  };

  it('refuses new work and takes it again, and everybody sees why', async () => {
    await confirm('Refuse new work', { reason: 'the disk is changed' });
    await button('Take new work').waitFor();
    await page.getByText('the disk is changed').first().waitFor();
    const { data } = await ask(listSwitches, {});
    expect(data).toContainEqual(expect.objectContaining({ name: 'read-only', on: true }));
    const posting = requester.client.call(createJob, { body: endless });
    await expect(posting).rejects.toMatchObject({ code: 'MARKET_READ_ONLY' });
    await confirm('Take new work', { reason: 'it was changed' });
    await button('Refuse new work').waitFor();
    await confirm('Pause matching', { reason: 'a look at the queue' });
    await button('Resume matching').waitFor();
    await confirm('Resume matching', { reason: 'it was looked at' });
    await button('Pause matching').waitFor();
  });

  it('ends a job that an agent holds as a failure of the marketplace', async () => {
    const { jobId } = await requester.client.call(createJob, { body: endless });
    const state = async () => (await requester.client.call(getJob, { params: { jobId } })).state;
    await expect.poll(state, wide).toBe('running');
    await goTo('/admin/queue?state=running', 'Queue');
    await confirm('Fail', {
      reason: 'the machine of the marketplace broke',
      typed: endless.name,
    });
    await page.getByText('No job here').waitFor();
    const job = await requester.client.call(getJob, { params: { jobId } });
    expect(job).toMatchObject({ state: 'failed', reason: 'marketplace_error' });
  });

  it('suspends an account and restores it', async () => {
    const { accountId } = requester;
    await goTo('/admin/accounts', 'Accounts');
    await page.getByLabel('Id, wallet or name').fill(accountId);
    await inspectPage(page, 'admin-accounts');
    await page.getByRole('table').getByRole('link').first().click();
    await confirm('Suspend', { reason: 'a stolen card' });
    await page.getByText('a stolen card').waitFor();
    const { suspension } = await ask(getAdminAccount, { params: { accountId } });
    expect(suspension).toMatchObject({ reason: 'a stolen card' });
    const posting = requester.client.call(createJob, { body: endless });
    await expect(posting).rejects.toMatchObject({ code: 'ACCOUNT_SUSPENDED' });
    await confirm('Restore', { reason: 'it came back' });
    await button('Suspend').waitFor();
    const { suspension: none, jobs } = await ask(getAdminAccount, { params: { accountId } });
    expect(none).toBeNull();
    // The count of its jobs leads to them, with the job that failed before.
    await page.getByRole('link', { name: `Failed: ${jobs['failed']}`, exact: true }).click();
    await page.getByRole('link', { name: accountId }).waitFor();
    const shown = page.getByRole('table').locator('tbody tr');
    await expect.poll(() => shown.count(), wide).toBe(jobs['failed']);
    expect(await shown.first().textContent()).toContain(endless.name);
    await page.getByRole('link', { name: 'Show those of everybody' }).click();
    await expect.poll(() => page.url(), wide).toMatch(/\/admin\/queue$/);
    // One that somebody complains about is found by its id, with what it cost and who ran it.
    const [failed] = (await ask(listAdminJobs, { query: { accountId, state: 'failed' } })).data;
    await page.getByLabel('Id of a job').fill('job_1');
    await page.keyboard.press('Enter');
    await page.getByText('An id of a job is').waitFor();
    await page.getByLabel('Id of a job').fill(failed?.jobId ?? '');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: failed?.agentName ?? '', exact: true }).waitFor();
    await expect.poll(() => shown.count(), wide).toBe(1);
  });

  it('configures a provider, gives it an agent, disables and enables it', async () => {
    await goTo('/admin/providers', 'Providers');
    await page.getByLabel('Name', { exact: true }).fill('docker-eu');
    await button('Create').click();
    await page.getByRole('link', { name: 'docker-eu' }).waitFor();
    await inspectPage(page, 'admin-providers');
    await page.getByRole('link', { name: 'docker-eu' }).click();
    const read = () => ask(getProvider, { params: { provider: 'docker-eu' } });
    await page.getByLabel('Agents at most').fill('3');
    await page.getByLabel('Capabilities').fill('{"gpusMax": 2}');
    await button('Save').click();
    await expect.poll(async () => (await read()).capabilities.gpusMax, wide).toBe(2);
    expect((await read()).workersMax).toBe(3);
    await page.getByRole('combobox', { name: 'Agent' }).selectOption(agentId);
    await button('Assign').click();
    await page.getByText('The agent belongs to docker-eu').waitFor();
    await expect.poll(async () => (await read()).workers.registered, wide).toBe(1);
    await confirm('Disable');
    await button('Enable').waitFor();
    expect((await read()).state).toBe('disabled');
    await confirm('Enable');
    await button('Disable').waitFor();
    expect((await read()).state).toBe('active');
  });

  it('holds an agent for an account for a time, and lets it go', async () => {
    await goTo('/admin/reservations', 'Reservations');
    await page.getByText('Nothing is reserved').waitFor();
    await page.getByLabel('For the account').fill(requester.accountId);
    await page.getByLabel('From', { exact: true }).fill('2099-01-01T08:00');
    await page.getByLabel('Until', { exact: true }).fill('2099-01-02T08:00');
    await button('Reserve').click();
    await button('Let go').waitFor();
    const { data } = await ask(listReservations, {});
    expect(data).toMatchObject([{ accountId: requester.accountId, agentIds: [agentId] }]);
    await inspectPage(page, 'admin-reservations');
    await confirm('Let go');
    await page.getByText('Nothing is reserved').waitFor();
    expect((await ask(listReservations, {})).data).toEqual([]);
  });

  it('retries a payout that is held and takes it back; its page says all that is known', async () => {
    const before = (await requester.client.call(getAccount, {})).balances.SOL.available;
    const body = { money: sol('1') };
    const { withdrawalId: payoutId } = await requester.client.call(createWithdrawal, { body });
    const read = () => ask(getPayout, { params: { payoutId } });
    await expect.poll(async () => (await read()).state, wide).toBe('held');
    await goTo('/admin/payments?state=held', 'Payments');
    await page.getByRole('link', { name: 'Withdrawal' }).click();
    await page.getByRole('heading', { name: 'Withdrawal of 1 SOL', level: 1 }).waitFor();
    await page.getByText('above_payout_cap').first().waitFor();
    await confirm('Retry');
    await page.getByText('Done').first().waitFor();
    // The cap is what it was, so it is held once more.
    const holds = async () => {
      const { data } = await ask(listAuditLog, { query: { action: 'payout.held' } });
      return data.filter(({ target }) => target === payoutId).length;
    };
    await expect.poll(holds, wide).toBe(2);
    await button('Take back').waitFor();
    await confirm('Take back');
    await page.getByText('Cancelled').first().waitFor();
    await page.getByText('Withdrawal taken back').waitFor();
    expect((await read()).state).toBe('cancelled');
    expect((await requester.client.call(getAccount, {})).balances.SOL.available).toEqual(before);
  });

  it('shows the transaction of a payout that arrived, with its attempts and its ledger', async () => {
    const body = { money: sol('0.25') };
    await ask(stopPayouts, { body: { reason: 'a look at the books' } });
    const { withdrawalId: payoutId } = await requester.client.call(createWithdrawal, { body });
    const read = () => ask(getPayout, { params: { payoutId } });
    // While it waits, its page says for what.
    await goTo(`/admin/payments/${payoutId}`, 'Withdrawal of 0.25 SOL');
    await page.getByRole('alert').getByText('a look at the books').waitFor();
    await ask(startPayouts, { body: { reason: 'they are right' } });
    await expect.poll(async () => (await read()).state, { timeout: 60_000 }).toBe('finalized');
    await page.getByText('a look at the books').waitFor({ state: 'detached' });
    const attempts = page.getByRole('table', { name: 'Attempts' });
    await attempts.getByText('Landed').waitFor();
    await page.getByRole('table', { name: 'Ledger' }).getByText('Network fee').waitFor();
    const { batch, ledger } = await read();
    expect(batch).toMatchObject({ payoutIds: [payoutId], attempts: [{ outcome: 'landed' }] });
    expect(ledger.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['withdrawal', 'payout', 'network_fee', 'rent']),
    );
    await inspectPage(page, 'admin-payout');
  });

  it('credits a deposit in suspense, and neither writes off nor settles what is not so', async () => {
    const { wallet: to } = await requester.client.call(getDepositAddress, {});
    const walletPath = join(network.folder, 'lighthouse', 'wallet.json');
    const { wallet } = await ask(getAdminAgent, { params: { agentId } });
    network.localnet.airdrop(wallet, 2_000_000_000n);
    await transferSol({ rpcUrl: network.localnet.rpcUrl, walletPath, to }, 700_000_000n);
    const waiting = { query: { state: 'suspense' as const, limit: 5 } };
    await expect
      .poll(async () => (await ask(listAdminDeposits, waiting)).data.length, { timeout: 60_000 })
      .toBe(1);
    await goTo('/admin/payments', 'Payments');
    const account = page.getByLabel('Account to credit');
    const before = await requester.client.call(getAccount, {});
    await account.fill(requester.accountId);
    await button('Assign').click();
    await page.getByText('Every deposit has its owner').waitFor();
    const { balances } = await requester.client.call(getAccount, {});
    const gained =
      Number(balances.SOL.available.amount) - Number(before.balances.SOL.available.amount);
    expect(gained).toBeCloseTo(0.7);
    const entries = async () => (await ask(exportLedger, { query: { limit: 1_000 } })).data.length;
    const known = await entries();
    await page.getByLabel('Loss').fill('0.5');
    await confirm('Write off', { reason: 'nothing is missing', typed: '0.5' });
    await page.getByText('The marketplace did not do it').first().waitFor();
    await button('Settle').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Payout ids').fill('pay_01M8BAHJE7E7XBB3J6PT750FZT');
    await dialog.getByLabel('Signature of the transaction').fill('5'.repeat(88));
    await dialog.getByRole('button', { name: 'Settle' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(() => page.getByText('The marketplace did not do it').count(), wide).toBe(2);
    expect(await entries()).toBe(known);
  });

  it('sees each attempt of a delivery, sends it again and acknowledges an alert', async () => {
    const hook = { body: { url: 'http://127.0.0.1:1/nobody', types: ['webhook.tested'] } };
    const { webhookId } = await requester.client.call(createWebhook, hook);
    await requester.client.call(testWebhook, { params: { webhookId } });
    await goTo('/admin/webhooks?state=all', 'Webhook deliveries');
    await page.getByRole('link', { name: /^webhook\.tested/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByTestId('webhook-attempt').first().waitFor();
    await dialog.getByText('ECONNREFUSED').waitFor();
    await inspectPage(page, 'admin-delivery');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await button('Send again').click();
    await page.getByText('It is sent once more').waitFor();
    await inspectPage(page, 'admin-deliveries');
    const open = async () => (await ask(listAlerts, { query: { state: 'open' } })).data;
    await expect.poll(async () => (await open()).length, wide).toBe(1);
    await goTo('/admin/alerts', 'Alerts');
    await page.getByText('treasury-low').waitFor();
    await inspectPage(page, 'admin-alerts');
    await button('Acknowledge').click();
    await page.getByText('Known', { exact: true }).waitFor();
    expect((await open())[0]?.acknowledgedAt).not.toBeNull();
  });

  it('makes a token and revokes it; shuts an agent out, lets it in and removes it', async () => {
    await goTo('/admin/fleet', 'Fleet');
    await page.getByText('Agents that fit: 1 of 1').waitFor();
    await page.getByLabel('For an agent of this name (optional)').fill('rig-2');
    await button('Make a token').click();
    await page.getByText(/^n3_reg_/).waitFor();
    await button('Revoke').click();
    await page.getByText('Revoked', { exact: true }).waitFor();
    const { data: tokens } = await ask(listRegistrationTokens, {});
    expect(tokens).toMatchObject([{ name: 'rig-2', revokedAt: expect.any(String) }]);
    await page.getByRole('link', { name: 'lighthouse' }).click();
    const state = async () => (await ask(getAdminAgent, { params: { agentId } })).state;
    await confirm('Disable');
    await button('Enable').waitFor();
    expect(await state()).toBe('disabled');
    await confirm('Enable');
    await button('Disable').waitFor();
    expect(await state()).toBe('active');
    await confirm('Challenge GPUs');
    await page.getByText(/No GPU of it is idle|are challenged/).waitFor();
    await confirm('Unregister', { typed: 'lighthouse' });
    await page.getByText('Gone').first().waitFor();
    expect(await state()).toBe('unregistered');
    expect(complaints).toEqual([]);
  });
});
