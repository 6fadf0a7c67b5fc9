import { readFile } from 'node:fs/promises';
import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { outcome } from '@node3/agent/testing/test-agent';
import { listAuditLog } from '@node3/shared/routes/audit';
import { createJob } from '@node3/shared/routes/jobs';
import { getPayoutEngine } from '@node3/shared/routes/payouts';
import { setSwitch } from '@node3/shared/routes/switches';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { deviceThatMeasures, measuredDetector } from '../measured-detector.ts';
import { dashboardDir, findChromium, inspectPage, launch } from './browser-support.ts';

const { program, skip } = findChromium();
const wide = { timeout: 30_000 };
const waiting = {
  name: 'Patient sweep',
  workload: { kind: 'script' as const, language: 'bash' as const, code: 'echo hello' },
  resources: { gpus: { count: 1 } },
  price: { kind: 'fixed' as const, reward: { asset: 'SOL' as const, amount: '0.001' } },
};

function greetingExecutor(): FakeExecutor {
  const executor = new FakeExecutor();
  executor.programProbe({ available: true, problems: [], isolationEffective: null });
  const text = 'Hello from the lighthouse';
  executor.program('*', {
    prepare: { imageId: 'sha256:1', imageDigest: null, sizeBytes: 1, pulled: false },
    start: { startedAtMs: Date.now() },
    lines: [{ stream: 'stdout', atMs: Date.now(), text, continued: false }],
    outcome: outcome({ output: { answer: 42 } }),
  });
  return executor;
}

/** From one third of its width to two. */
async function dragOver(page: Page, place: Locator): Promise<void> {
  await place.scrollIntoViewIfNeeded();
  const box = await place.boundingBox();
  if (box === null) throw new Error('the chart is not shown');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width / 3, y);
  await page.mouse.down();
  await page.mouse.move(box.x + (box.width * 2) / 3, y, { steps: 4 });
  await page.mouse.up();
}

describe.skipIf(skip)('the operator in a real browser', () => {
  let network: DevNetwork;
  let requester: Requester;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    network = await startDevNetwork({ marketplace: { dashboardDir } });
    const device = { ...deviceThatMeasures, model: 'Simulated RTX 4090', modelId: 'rtx-4090' };
    const agent = await network.startAgent('lighthouse', {
      config: { cpus: 8, memoryBytes: 32 * 1024 ** 3 },
      parts: {
        createDetectors: () => [measuredDetector(device)],
        createExecutors: () => [greetingExecutor()],
      },
    });
    await agent.ready();
    requester = await network.openRequester();
    const body = { on: true, reason: 'the browser looks at the queue' };
    await network.operator.call(setSwitch, { params: { name: 'pause-matching' }, body });
    await requester.client.call(createJob, { body: waiting });
    browser = await launch(program);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(wide.timeout);
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${network.marketplaceUrl}/admin#key=${network.adminApiKey}`);
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  const goTo = async (path: string, heading: string) => {
    await page.goto(`${network.marketplaceUrl}${path}`);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  };

  it('sees how all stands on one page, and everybody why matching is paused', async () => {
    await page.getByRole('heading', { name: 'Operation', level: 1 }).waitFor();
    await page.getByText('the browser looks at the queue').waitFor();
    await page.getByRole('link', { name: 'in state Queued' }).waitFor();
    await page.getByRole('link', { name: 'Open alerts' }).waitFor();
    await page.getByText('Solana RPC').waitFor();
    await inspectPage(page, 'admin-overview');
  });

  it('[9.20] finds an agent in the sortable fleet, as cards and as CSV, and drains it', async () => {
    await goTo('/admin/fleet', 'Fleet');
    const name = page.getByRole('columnheader', { name: 'Agent' });
    expect(await name.getAttribute('aria-sort')).toBe('none');
    await page.getByRole('button', { name: 'Agent', exact: true }).click();
    await expect.poll(() => name.getAttribute('aria-sort'), wide).toBe('ascending');
    expect(page.url()).toContain('sort=name');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV of all that fit' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('fleet.csv');
    const lines = (await readFile(await download.path(), 'utf8')).split('\n');
    expect(lines[0]).toMatch(/^agentId,name,status/);
    expect(lines[1]).toContain('"lighthouse"');
    await page.getByLabel('Name, id, wallet or GPU').fill('no such rig');
    await page.getByText('Agents that fit: 0 of 1').waitFor();
    await page.getByLabel('Name, id, wallet or GPU').fill('LIGHT');
    await page.getByText('Agents that fit: 1 of 1').waitFor();
    await inspectPage(page, 'admin-fleet');
    await page.getByText('Cards', { exact: true }).click();
    await page.getByRole('link', { name: 'lighthouse' }).click();
    await page.getByRole('heading', { name: 'lighthouse', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Drain' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await page.getByText('Draining').first().waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Drain' }).waitFor();
    await inspectPage(page, 'admin-agent');
  });

  it('sees why a job waits, and lets matching go on', async () => {
    await goTo('/admin/queue', 'Queue');
    await page.getByText('Patient sweep').waitFor();
    await page.getByRole('button', { name: 'Why?' }).click();
    await page.getByRole('dialog').getByText('Best candidates').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await inspectPage(page, 'admin-queue');
    await goTo('/admin/switches', 'Switches');
    await page.getByRole('button', { name: 'Resume matching' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('the queue was looked at');
    await dialog.getByRole('button', { name: 'Resume matching' }).click();
    await page.getByRole('button', { name: 'Pause matching' }).waitFor();
    await page.getByText('No jobs are assigned at present').waitFor({ state: 'hidden' });
  });

  it('stops payouts with a reason, starts them again and proves the ledger', async () => {
    await goTo('/admin/payments', 'Payments');
    await page.getByRole('button', { name: 'Stop payouts' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('a look at the keys');
    await dialog.getByRole('button', { name: 'Stop payouts' }).click();
    await page.getByText('a look at the keys').first().waitFor();
    await page.getByRole('button', { name: 'Start payouts' }).click();
    await dialog.getByLabel('Reason').fill('nothing was wrong');
    await dialog.getByRole('button', { name: 'Start payouts' }).click();
    await page.getByRole('button', { name: 'Stop payouts' }).waitFor();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('The books are right').first().waitFor();
    await inspectPage(page, 'admin-payments');
  });

  it('accepts the history of the treasury when that has halted payouts, and says why', async () => {
    const accept = page.getByRole('button', { name: 'Accept the history', exact: true });
    expect(await accept.count()).toBe(0);
    // As a halt looks to the page; one of an unknown transaction takes a minute to be seen.
    const url = `${network.marketplaceUrl}${getPayoutEngine.url}`;
    const status = await network.operator.call(getPayoutEngine, {});
    const detail = 'The treasury key signed a transaction that this database does not know.';
    const halted = { ...status, state: 'halted', detail };
    await page.route(url, (route) => route.fulfill({ json: halted }));
    await accept.click();
    await page.getByText('signed a transaction that this database does not know').waitFor();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('short');
    expect(await dialog.getByRole('button', { name: 'Accept the history' }).isDisabled()).toBe(
      true,
    );
    await dialog.getByLabel('Reason').fill('a top-up that was made by hand');
    await dialog.getByRole('button', { name: 'Accept the history' }).click();
    await page.getByText('The history is accepted').waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await accept.waitFor({ state: 'detached' });
    const { data } = await network.operator.call(listAuditLog, {
      query: { action: 'payout.history-accepted' },
    });
    const reason = 'a top-up that was made by hand';
    expect(data).toMatchObject([{ facts: { reason } }]);
  });

  it('[9.16] makes a provider, drains it and looks at its limits', async () => {
    await goTo('/admin/providers', 'Providers');
    await page.getByLabel('Name', { exact: true }).fill('docker-eu');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('link', { name: 'docker-eu' }).click();
    await page.getByRole('heading', { name: 'docker-eu', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Drain' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await page.getByText('Maintenance').first().waitFor();
    await page.getByLabel('Agents at most').fill('3');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('docker-eu is changed').first().waitFor();
    await inspectPage(page, 'admin-provider');
  });

  it('[9.17] compares a range with the one before it, for all jobs and in Spanish', async () => {
    await goTo('/metrics?scope=all', 'Metrics');
    await page.getByRole('link', { name: '7 d' }).click();
    await page.getByText('The one before').waitFor();
    await page.getByRole('heading', { name: 'Use by provider' }).waitFor();
    await inspectPage(page, 'metrics');
    const ended = page.getByRole('figure', { name: 'Jobs that ended' });
    await dragOver(page, ended.locator('.u-over'));
    await page.getByRole('button', { name: 'Show the whole range' }).waitFor();
    // Every chart shows the part, in its table as well.
    await ended.getByRole('button', { name: 'View as table' }).click();
    const rows = ended.getByRole('row');
    const some = await rows.count();
    await page.getByRole('button', { name: 'Show the whole range' }).click();
    await expect.poll(() => rows.count(), wide).toBeGreaterThan(some);
    // Who has no pointer has keys.
    const all = await rows.count();
    await page.getByRole('button', { name: 'Closer' }).press('+');
    await expect.poll(() => rows.count(), wide).toBeLessThan(all);
    await page.keyboard.press('-');
    await expect.poll(() => rows.count(), wide).toBe(all);
    await goTo('/metrics?scope=all&lang=es', 'Métricas');
    await page.getByText('El anterior').waitFor();
    await page.goto(`${network.marketplaceUrl}/?lang=en`);
  });

  it('looks at accounts, the audit log, deliveries and alerts', async () => {
    await goTo('/admin/accounts', 'Accounts');
    await page.getByLabel('Id, wallet or name').fill('acc_');
    await page.getByRole('table').getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    await inspectPage(page, 'admin-account');
    await goTo('/admin/audit?action=switch.turned-on', 'Audit log');
    await page.getByText('pause-matching').first().waitFor();
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await page.getByText('The log is whole').waitFor();
    await inspectPage(page, 'admin-audit');
    await goTo('/admin/webhooks', 'Webhook deliveries');
    await page.getByText('No delivery was given up').waitFor();
    await goTo('/admin/alerts', 'Alerts');
    await page.getByRole('link', { name: 'Open', exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('[9.23] tells a requester which scope is missing', async () => {
    const context = await browser.newContext();
    const other = await context.newPage();
    await other.goto(`${network.marketplaceUrl}/admin/payments#key=${requester.apiKey}`);
    await other.getByText('This page is the operator’s').waitFor(wide);
    await other.getByText('operator', { exact: true }).first().waitFor(wide);
    await context.close();
  });
});
