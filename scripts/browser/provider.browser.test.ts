import { readFile } from 'node:fs/promises';
import type { Agent } from '@node3/agent/agent';
import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { dashboardLink } from '@node3/agent/local-token';
import {
  clientOf,
  executorWorks,
  killed,
  outcome,
  preparedImage,
} from '@node3/agent/testing/test-agent';
import {
  changeLocalPolicy,
  getAgentStatus,
  getLocalEarnings,
  getLocalPolicy,
  listLocalExecutions,
} from '@node3/shared/routes/agent-local';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { deviceThatMeasures, measuredDetector } from '../measured-detector.ts';
import { dashboardDir, findChromium, inspectPage, isComplaint, launch } from './browser-support.ts';

const { program, skip } = findChromium();
const wide = { timeout: 30_000 };
const hostileName = '<img src=x onerror=top.name="pwned">';
const lines = ['epoch 1', hostileName].map((text) => ({
  stream: 'stdout' as const,
  atMs: Date.now(),
  text,
  continued: false,
}));

describe.skipIf(skip)('the pages of a provider', () => {
  const executor = new FakeExecutor();
  const complaints: string[] = [];
  let network: DevNetwork;
  let agent: Agent;
  let requester: Requester;
  let browser: Browser;
  let page: Page;
  let paidJobId = '';

  beforeAll(async () => {
    executor.programProbe(executorWorks);
    executor.program('*', {
      prepare: preparedImage,
      start: { startedAtMs: Date.now() },
      lines,
      outcomeOfCancel: killed,
    });
    network = await startDevNetwork({ marketplaceIn: 'child' });
    const device = { ...deviceThatMeasures, model: 'Simulated GPU', modelId: 'rtx-4090' };
    agent = await network.startAgent('lighthouse', {
      config: { dashboardDir },
      parts: {
        createDetectors: () => [measuredDetector(device)],
        createExecutors: () => [executor],
      },
    });
    await agent.ready();
    requester = await network.openRequester();
    browser = await launch(program);
    page = await browser.newPage();
    page.on('console', (message) => {
      if (isComplaint(message)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  const local = () => clientOf(agent);
  const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor(wide);
  const go = async (link: string, title = link) => {
    const bar = page.getByRole('navigation', { name: 'Main navigation' });
    await bar.getByRole('link', { name: link, exact: true }).click();
    await heading(title);
  };

  async function post(name: string): Promise<string> {
    const { jobId } = await requester.client.call(createJob, {
      body: {
        name,
        workload: { kind: 'container', image: 'busybox', command: ['true'] },
        resources: { gpus: { count: 1 } },
        price: { kind: 'fixed', reward: { amount: '0.01', asset: 'SOL' } },
      },
    });
    return jobId;
  }

  async function runningExecution(): Promise<string> {
    const status = () => local().call(getAgentStatus, {});
    await expect.poll(async () => (await status()).active[0]?.state, wide).toBe('running');
    return (await status()).active[0]?.executionId ?? '';
  }

  it('[8.04] [8.07] says whether it is earning, and shows a job with its time and its last lines', async () => {
    await page.goto(dashboardLink(agent.url, agent.token));
    await heading('lighthouse');
    await page.getByText('Ready, waiting for work').waitFor(wide);
    await page.locator('.connection[data-state=live]').waitFor(wide);
    paidJobId = await post('Lighthouse sweep');
    await page.getByText('Working and earning').waitFor(wide);
    await page.getByRole('heading', { name: 'Lighthouse sweep' }).waitFor(wide);
    await page.getByRole('progressbar', { name: 'Run time' }).waitFor(wide);
    const log = page.getByRole('log', { name: 'Log' });
    for (const { text } of lines) await log.getByText(text).waitFor(wide);
    expect(await page.evaluate('top.name')).toBe('');
    await inspectPage(page, 'provider-agent');
    executor.finish(await runningExecution(), outcome());
    const job = () => requester.client.call(getJob, { params: { jobId: paidJobId } });
    await expect.poll(async () => (await job()).settlement.payout?.state, wide).toBe('finalized');
  });

  it('[8.04] [9.21] threat 15: shows a name as text, and stops a job after saying what that costs, and the job is given back', async () => {
    const jobId = await post(hostileName);
    const executionId = await runningExecution();
    await page.getByRole('heading', { name: hostileName }).waitFor(wide);
    expect(await page.locator('img[src=x]').count()).toBe(0);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByText('This run earns nothing').waitFor(wide);
    await page.getByRole('button', { name: 'Yes, stop the job' }).click();
    const executions = async () => (await local().call(listLocalExecutions, {})).data;
    await expect
      .poll(async () => (await executions()).find((one) => one.executionId === executionId), wide)
      .toMatchObject({ reason: 'released_by_agent', state: 'failed' });
    const attempts = async () =>
      (await requester.client.call(getJob, { params: { jobId } })).executions;
    await expect.poll(async () => (await attempts()).at(0)?.reason, wide).toBe('released_by_agent');
    // It comes back to the only agent there is, which ends it well this time.
    executor.finish(await runningExecution(), outcome());
  });

  it('[8.05] lists what ran, by state and name, and saves it as CSV and JSON', async () => {
    await go('Jobs');
    await page.getByRole('link', { name: 'Lighthouse sweep' }).waitFor(wide);
    await page.getByRole('combobox', { name: 'State' }).selectOption('failed');
    await page
      .getByRole('link', { name: 'Lighthouse sweep' })
      .waitFor({ ...wide, state: 'detached' });
    expect(page.url()).toContain('state=failed');
    await page.getByRole('combobox', { name: 'State' }).selectOption('');
    await page.getByRole('textbox', { name: 'Name or id' }).fill('lighth');
    await page
      .getByRole('link', { name: hostileName })
      .first()
      .waitFor({ ...wide, state: 'detached' });
    for (const [button, file] of [
      ['CSV', 'executions.csv'],
      ['JSON', 'executions.json'],
    ]) {
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: button ?? '', exact: true }).click();
      const download = await saved;
      expect(download.suggestedFilename()).toBe(file);
      expect(await readFile(await download.path(), 'utf8')).toContain('Lighthouse sweep');
    }
    await inspectPage(page, 'provider-jobs');
    await page.getByRole('link', { name: 'Lighthouse sweep' }).click();
    await heading('Lighthouse sweep');
    await page.getByText('The program ended with exit code 0.').waitFor(wide);
    await page.getByText('Finalized').waitFor(wide);
    await inspectPage(page, 'provider-execution');
  });

  it('[8.03] [8.10] shows each reading with its source, its age and its past', async () => {
    await go('GPUs');
    await page.getByRole('img', { name: /^Power\./ }).waitFor(wide);
    await page.locator('.chart-plot canvas').first().waitFor(wide);
    await page.getByText('Drag over a chart to see a part').waitFor(wide);
    const toTable = page.locator('figure').filter({ hasText: 'Temperature' });
    await toTable.getByRole('button', { name: 'View as table' }).click();
    await toTable.getByRole('cell', { name: '61 °C' }).first().waitFor(wide);
    await page.getByText(/^All \d+ metrics/).click();
    // What a simulated GPU tells is no measurement.
    await page.getByRole('cell', { name: 'simulated' }).first().waitFor();
    expect(await page.getByRole('cell', { name: 'measured' }).count()).toBe(0);
    await inspectPage(page, 'provider-gpus');
  });

  it('[8.02] [8.10] tells confirmed earnings by window, by GPU and by day', async () => {
    const told = async () => (await local().call(getLocalEarnings, {})).earnings?.earned.SOL;
    await expect.poll(async () => (await told())?.finalized.amount, wide).toBe('0.02');
    await go('Earnings');
    for (const label of ['Today', 'Today here', 'Last 24 hours', 'Last 7 days', 'Total']) {
      const card = page
        .getByRole('listitem')
        .filter({ has: page.getByRole('heading', { name: label, exact: true }) });
      await card.getByText('0.02 SOL').waitFor(wide);
    }
    const chart = page.getByRole('img', { name: /^Earned by GPU and day\./ });
    await chart.waitFor(wide);
    expect(await chart.getAttribute('aria-label')).toContain('0.02 SOL');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV', exact: true }).click();
    const rows = (await readFile(await (await saved).path(), 'utf8')).trim().split('\r\n');
    // Titles, and a row for each result: the one that was stopped earned nothing.
    expect(rows).toHaveLength(4);
    await inspectPage(page, 'provider-earnings');
  });

  it('[8.01] shows the wallet as the chain has it, with every payout', async () => {
    await go('Wallet');
    await page.getByText(agent.wallet).waitFor(wide);
    await expect.poll(() => page.getByText('0.02 SOL').count(), wide).toBeGreaterThan(0);
    await page.getByText('Finalized').first().waitFor(wide);
    await inspectPage(page, 'provider-wallet');
  });

  it('[8.09] shows the public board through the agent', async () => {
    await go('Marketplace');
    await page.getByRole('tab', { name: 'Compute' }).click();
    await page.getByText('lighthouse').first().waitFor(wide);
    await inspectPage(page, 'provider-marketplace');
  });

  it('examines the machine for real, and remembers what it found', async () => {
    await go('Doctor');
    await page.getByRole('button', { name: 'Examine this machine' }).click();
    await page.getByText('Node.js').first().waitFor({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Examine again' }).waitFor(wide);
    await page.getByText(/answers within/).waitFor(wide);
    await inspectPage(page, 'provider-doctor');
  });

  it('shows its log page, also where no file is written', async () => {
    await go('Log', 'Log of the agent');
    await page.getByText('This agent writes no log files.').waitFor(wide);
    await inspectPage(page, 'provider-log');
  });

  it('[8.13] lets the provider change the policy, and never over a change that was not seen', async () => {
    const policy = async () => (await local().call(getLocalPolicy, {})).policy;
    await go('Policy');
    await page.getByText('New work is taken now').waitFor(wide);
    await page.getByText('Its own page and its end').click();
    await page.getByText('AGENT_PORT').waitFor(wide);
    const idle = page.getByRole('textbox', { name: 'Only when idle for' });
    await idle.fill('0');
    await idle.press('Enter');
    await page.getByText('Whole minutes from 1 to 1440').waitFor();
    await idle.and(page.locator(':focus')).waitFor();
    await idle.fill('');
    await page.getByRole('textbox', { name: 'Highest temperature' }).fill('60');
    await page.getByRole('button', { name: 'Plan a time' }).click();
    await page.getByLabel('Maintenance 1: begins').fill('2031-02-03T04:05');
    await page.getByLabel('Maintenance 1: ends').fill('2031-02-03T06:00');
    await page.getByRole('button', { name: 'Ask 0.375 USDC for rtx-4090' }).press('Enter');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved; it holds from now on.').waitFor(wide);
    expect(await policy()).toMatchObject({
      temperatureCelsiusMax: 60,
      maintenance: ['2031-02-03T04:05/2031-02-03T06:00'],
      asks: { 'rtx-4090': { SOL: null, USDC: { amount: '0.375', asset: 'USDC' } } },
    });
    const tooHot = page.getByText('Simulated GPU is at 61 °C, and your policy allows 60 °C.');
    await tooHot.waitFor(wide);
    await go('This agent', 'lighthouse');
    await tooHot.waitFor(wide);
    await go('Policy');
    const power = page.getByRole('textbox', { name: 'Power of all GPUs' });
    await power.fill('500');
    const set = { powerWattsMax: 300, electricityUsdPerKwh: 0.2 };
    await local().call(changeLocalPolicy, { body: { set } });
    await page.getByText('Changed here and elsewhere').waitFor(wide);
    await inspectPage(page, 'provider-settings');
    await page.getByRole('button', { name: 'Keep my changes' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect
      .poll(policy, wide)
      .toMatchObject({ powerWattsMax: 500, electricityUsdPerKwh: 0.2 });
    await page.getByRole('button', { name: 'Give Power of all GPUs back to the settings' }).click();
    await expect.poll(policy, wide).toMatchObject({ powerWattsMax: null });
    const always = { set: { maintenance: ['2020-01-01T00:00/2099-01-01T00:00'] } };
    await local().call(changeLocalPolicy, { body: always });
    await go('This agent', 'lighthouse');
    await page.getByRole('link', { name: 'Change the policy' }).waitFor(wide);
    expect(await page.getByRole('button', { name: 'Resume' }).count()).toBe(0);
    await local().call(changeLocalPolicy, { body: { unset: ['maintenance'] } });
  });

  it('[8.06] [8.11] pauses and resumes by keyboard, in Spanish', async () => {
    await page.goto(`${agent.url}/?lang=es`);
    await page.getByRole('button', { name: 'Pausar' }).press('Enter');
    await page.getByText('no hay dinero en juego').waitFor(wide);
    await page.getByRole('button', { name: 'Sí, pausar' }).press('Enter');
    await page.getByText('En pausa').or(page.getByText('Pausado')).first().waitFor(wide);
    await page.getByRole('button', { name: 'Reanudar' }).press('Enter');
    await page.getByRole('button', { name: 'Pausar' }).waitFor(wide);
    await page.goto(`${agent.url}/earnings?lang=es`);
    await heading('Ganancias');
    await page.goto(`${agent.url}/earnings?lang=en`);
  });

  it('[8.02] says since when it knows nothing new, once the marketplace is gone', async () => {
    await heading('Earnings');
    await network.child?.kill();
    await page.getByText(/^Unknown since/).waitFor({ timeout: 90_000 });
    await page.getByText('0.02 SOL').first().waitFor(wide);
    await page.getByRole('navigation').getByRole('link', { name: 'This agent' }).click();
    await page.getByRole('heading', { name: 'No contact with the marketplace' }).waitFor(wide);
    await page.goto(`${agent.url}/marketplace?lang=es`);
    await page.getByText(`${network.marketplaceUrl} no responde.`).waitFor(wide);
    expect(await page.getByRole('alert').count()).toBe(1);
    // The board can't be passed on while the marketplace is gone.
    expect(complaints.filter((text) => !text.includes('503'))).toEqual([]);
  });
});
