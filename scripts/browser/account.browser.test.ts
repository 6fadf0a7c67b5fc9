import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { outcome } from '@node3/agent/testing/test-agent';
import { createJob } from '@node3/shared/routes/jobs';
import { createKey } from '@node3/shared/routes/keys';
import { getUsage } from '@node3/shared/routes/usage';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { dashboardDir, findChromium, inspectPage, isComplaint, launch } from './browser-support.ts';
import { installTestWallet } from './test-wallet.ts';

const { program, skip } = findChromium();
const wide = { timeout: 30_000 };
const job = (name: string) => ({
  name,
  labels: { team: 'vision' },
  workload: { kind: 'container' as const, image: 'busybox', command: ['true'] },
  price: { kind: 'fixed' as const, reward: { amount: '0.001', asset: 'SOL' as const } },
});

describe.skipIf(skip)('the money of an account in a real browser', () => {
  let network: DevNetwork;
  let requester: Requester;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    network = await startDevNetwork({
      marketplace: {
        dashboardDir,
        webhookAllow: { networks: ['127.0.0.0/8'], ports: 'any' },
      },
    });
    const executor = new FakeExecutor();
    executor.programProbe({ available: true, problems: [], isolationEffective: null });
    const prepare = { imageId: 'sha256:1', imageDigest: null, sizeBytes: 1, pulled: false };
    executor.program('*', { prepare, start: { startedAtMs: Date.now() }, outcome: outcome() });
    const agent = await network.startAgent('lighthouse', {
      parts: { createExecutors: () => [executor] },
    });
    await agent.ready();
    requester = await network.openRequester();
    browser = await launch(program);
    page = await browser.newPage();
    page.on('console', (message) => {
      if (isComplaint(message)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await installTestWallet(page, requester.wallet);
    await page.goto(`${network.marketplaceUrl}/#key=${requester.apiKey}`);
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  it('[9.22] a deposit is signed by the wallet of the browser and credited as it becomes final', async () => {
    await page.getByRole('link', { name: 'Wallet', exact: true }).first().click();
    await page.getByRole('tab', { name: 'Deposit' }).click();
    await page.getByLabel('Amount').fill('0.25');
    await page.getByRole('button', { name: 'Make a payment link' }).click();
    await page.getByRole('img', { name: 'Payment link as a QR code' }).waitFor(wide);
    await page.getByText('node3 account deposit 0.25').waitFor({ state: 'attached' });
    await inspectPage(page, 'wallet-deposit');
    await page.getByRole('button', { name: 'Pay with my wallet' }).click();
    await page.getByTestId('intent-payment').waitFor(wide);
    await page.getByTestId('intent-credited').getByText('0.25 SOL credited').waitFor(wide);
    await page.getByTestId('intent-payment').getByText('Finalized').waitFor(wide);
    const available = page.getByTestId('available-SOL');
    await expect.poll(() => available.textContent(), wide).toBe('5.25 SOL');
  });

  it('a withdrawal asks for its amount again and reaches its finality', async () => {
    await page.getByRole('tab', { name: 'Withdraw' }).click();
    await page.getByLabel('Amount').fill('0.5');
    await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Withdraw this amount?' });
    const confirm = dialog.getByRole('button', { name: 'Withdraw' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Type 0.5 to go on').fill('0.5');
    await confirm.click();
    await page.getByTestId('withdrawal').getByText('Finalized').waitFor(wide);
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText('Withdrawal paid out').waitFor(wide);
    await inspectPage(page, 'wallet-history');
  });

  it('a cap stops the job that would go beyond it, signed by the wallet', async () => {
    await requester.client.call(createJob, { body: job('first') });
    await page.getByRole('link', { name: 'Usage', exact: true }).first().click();
    await page.getByRole('tab', { name: 'Caps' }).click();
    await page.getByLabel('For one job, SOL').fill('0.000001');
    await page.getByRole('button', { name: 'Save the caps' }).click();
    await page.getByText('0.000001 SOL at most, set for your account.').waitFor(wide);
    await inspectPage(page, 'usage-caps');
    await expect(requester.client.call(createJob, { body: job('second') })).rejects.toMatchObject({
      code: 'CAP_EXCEEDED',
    });
  });

  it('[9.19] usage shows GPU time and cost, and the operator those of each customer', async () => {
    await expect
      .poll(async () => (await requester.client.call(getUsage, { query: {} })).data.length, wide)
      .toBe(1);
    await page.getByRole('tab', { name: 'Spending' }).click();
    const charged = page.getByTestId('usage-charged');
    await expect.poll(() => charged.textContent(), wide).toBe('0.00105 SOL');
    await inspectPage(page, 'usage');
    await page.getByRole('link', { name: 'Label', exact: true }).click();
    const byLabel = page.getByRole('table', { name: 'Usage of the period' });
    const value = byLabel.getByRole('link', { name: 'vision', exact: true });
    await value.waitFor(wide);
    await inspectPage(page, 'usage-labels');
    expect(await value.getAttribute('href')).toMatch(/\/jobs\?endedFrom=.*label=team%3Dvision/);
    const operator = await browser.newPage();
    await operator.goto(
      `${network.marketplaceUrl}/usage?view=customers#key=${network.adminApiKey}`,
    );
    const table = operator.getByRole('table', { name: 'GPU time and cost by customer' });
    await table.getByText('0.00105 SOL').waitFor(wide);
    await inspectPage(operator, 'usage-customers');
    await operator.close();
  });

  it('a sum of usage leads to just the jobs that it is made of', async () => {
    const sum = page.getByRole('listitem').filter({ hasText: 'Jobs ended' });
    await sum.getByRole('link').click();
    await page.waitForURL(/\/jobs\?.*endedFrom=/);
    await page.getByRole('link', { name: 'first', exact: true }).waitFor(wide);
    const rows = page.getByRole('table').getByRole('row');
    expect(await rows.count(), 'the head and one job').toBe(2);
    await page.getByRole('button', { name: /^Ended .*take this filter away$/ }).click();
    await page.waitForURL((url) => !url.search.includes('ended'));
  });

  it('a receipt is verified by the browser itself', async () => {
    await page.getByRole('link', { name: 'Receipts', exact: true }).first().click();
    await page.getByRole('link', { name: 'first' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Receipt' });
    await dialog.getByRole('button', { name: 'Verify here' }).click();
    await dialog.getByText('Genuine: signed with').waitFor(wide);
    await inspectPage(page, 'receipt');
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  it('a webhook is told why its address is refused, then sent to, and sent to again', async () => {
    const received: string[] = [];
    const receiver = createServer((request, response) => {
      received.push(String(request.headers['webhook-id']));
      request.resume();
      response.writeHead(200).end('thanks');
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    try {
      await page.getByRole('link', { name: 'Webhooks', exact: true }).first().click();
      await page.getByRole('button', { name: 'New webhook' }).click();
      const form = page.getByRole('dialog', { name: 'New webhook' });
      await form.getByLabel('URL').fill('http://10.1.2.3/hook');
      await form.getByRole('button', { name: 'Create the webhook' }).click();
      await form.getByText('leads to an address that is not public').waitFor(wide);
      await form.getByLabel('URL').fill(`http://127.0.0.1:${port}/hook`);
      await form.getByRole('button', { name: 'Create the webhook' }).click();
      await page
        .getByTestId('webhook-secret')
        .getByText(/^whsec_/)
        .waitFor(wide);
      await page.getByRole('button', { name: 'I have stored it' }).click();
      await page.getByRole('link', { name: `http://127.0.0.1:${port}/hook` }).click();
      await page.getByRole('button', { name: 'Send a test' }).click();
      await page.getByRole('link', { name: /^webhook\.tested/ }).click();
      const delivery = page.getByRole('dialog', { name: 'Delivery' });
      await delivery.getByText('thanks').waitFor(wide);
      await inspectPage(page, 'webhook-delivery');
      const before = received.length;
      await delivery.getByRole('button', { name: 'Send again' }).click();
      await expect.poll(() => received.length, wide).toBeGreaterThan(before);
      expect(new Set(received.slice(-2)).size).toBe(1);
      await delivery.getByRole('button', { name: 'Close' }).click();
      await inspectPage(page, 'webhook');
    } finally {
      receiver.closeAllConnections();
      receiver.close();
    }
  });

  it('a key is given caps, signed by the wallet', async () => {
    await requester.client.call(createKey, { body: { name: 'night shift' } });
    await page.getByRole('link', { name: 'API keys', exact: true }).first().click();
    const row = page.getByRole('row').filter({ hasText: 'night shift' });
    await row.getByRole('button', { name: 'Caps' }).click();
    const dialog = page.getByRole('dialog', { name: 'Spending caps of night shift' });
    await dialog.getByLabel('SOL for one job').fill('much');
    await dialog.getByRole('button', { name: 'Save the caps' }).click();
    expect(await dialog.isVisible(), 'not sent').toBe(true);
    await dialog.getByLabel('SOL for one job').fill('0.5');
    await dialog.getByRole('button', { name: 'Save the caps' }).click();
    await row.getByText('0.5 SOL for one job').waitFor(wide);
  });

  it('is told in Spanish as well', async () => {
    await page.goto(`${network.marketplaceUrl}/wallet?lang=es`);
    await page.getByRole('heading', { name: 'Cartera', level: 1 }).waitFor(wide);
    await page.getByText('Retirada pagada').waitFor(wide);
    await inspectPage(page, 'wallet-es');
  });

  it('showed no error', () => {
    // The refused webhook is one answer that the browser tells of by itself.
    expect(complaints.filter((text) => !text.includes('status of 422'))).toEqual([]);
  });
});
