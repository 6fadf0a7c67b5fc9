import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { outcome } from '@node3/agent/testing/test-agent';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { dashboardDir, findChromium, inspectPage, launch } from './browser-support.ts';
import { installTestWallet } from './test-wallet.ts';

const { program, skip } = findChromium();
const wide = { timeout: 30_000 };

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
      if (message.type() === 'error') complaints.push(message.text());
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
    await inspectPage(page, 'wallet-deposit');
    await page.getByRole('button', { name: 'Pay with my wallet' }).click();
    await page.getByTestId('intent-payment').waitFor(wide);
    await page.getByTestId('intent-credited').getByText('0.25 SOL credited').waitFor(wide);
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
    await inspectPage(page, 'wallet-withdraw');
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText('Withdrawal paid out').waitFor(wide);
    await inspectPage(page, 'wallet-history');
  });

  it('showed no error', () => {
    expect(complaints).toEqual([]);
  });
});
