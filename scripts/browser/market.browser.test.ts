import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import type { AgentDevice } from '@node3/agent/gpu/device';
import { outcome } from '@node3/agent/testing/test-agent';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { getOverview } from '@node3/shared/routes/marketplace';
import { listOffers, type OfferFacet } from '@node3/shared/routes/offers';
import { rateJob } from '@node3/shared/routes/ratings';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { deviceThatMeasures, measuredDetector } from '../measured-detector.ts';
import { dashboardDir, findChromium, inspectPage, isComplaint, launch } from './browser-support.ts';

const { program, skip } = findChromium();
const patience = { timeout: 30_000 };
const usdc = (amount: string) => ({ amount, asset: 'USDC' as const });

describe.skipIf(skip)('the market in a real browser', () => {
  let network: DevNetwork;
  let requester: Requester;
  let browser: Browser;
  let page: Page;
  let lighthouse: string;
  const complaints: string[] = [];
  const at = (path: string) => `${network.marketplaceUrl}${path}`;

  beforeAll(async () => {
    network = await startDevNetwork({ marketplace: { dashboardDir } });
    // One machine ends each job at once, the other one runs them until the test is over.
    lighthouse = await startMachine('lighthouse', gpu('rtx-4090', 24), '0.5', 'at once');
    await startMachine('harbour', gpu('l40s', 46), '0.9', 'never');
    requester = await network.openRequester({ lamports: 10n ** 9n, usdcBaseUnits: 10n ** 8n });
    browser = await launch(program);
    page = await browser.newPage();
    page.setDefaultTimeout(patience.timeout);
    page.on('console', (message) => {
      if (isComplaint(message)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  async function startMachine(
    name: string,
    device: AgentDevice,
    ask: string,
    ends: 'at once' | 'never',
  ): Promise<string> {
    const agent = await network.startAgent(name, {
      config: { asks: { SOL: null, USDC: usdc(ask) }, region: `eu-${name}` },
      parts: {
        createDetectors: () => [measuredDetector(device)],
        createExecutors: () => [executorThatEnds(ends)],
      },
    });
    await agent.ready();
    return agent.agentId ?? '';
  }

  async function post(gpuModel: string): Promise<string> {
    const { jobId } = await requester.client.call(createJob, {
      body: {
        name: `Sweep on ${gpuModel}`,
        workload: { kind: 'container', command: ['true'] },
        resources: { gpus: { count: 1, models: [gpuModel] }, memoryBytes: 64 * 1024 ** 2 },
        limits: { runSec: 600 },
        price: { kind: 'metered', bidPerGpuHour: usdc('1'), cap: usdc('0.2') },
      },
    });
    return jobId;
  }

  it('[9.18] tells strangers what this is, with real figures and the open jobs', async () => {
    await post('l40s');
    await page.goto(at('/'));
    await page.getByRole('heading', { name: 'Marketplace', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Create a job' }).waitFor();
    await page.getByRole('link', { name: 'Connect a machine' }).waitFor();
    const board = page.getByRole('table', { name: 'Open jobs' });
    await board.getByText('Running').waitFor();
    await inspectPage(page, 'overview-public');
  });

  it('[9.18] [9.08] shows the own jobs counted, the newest with their icons, and renews itself', async () => {
    // The key is taken when the page is loaded; only another fragment would load nothing.
    await page.goto('about:blank');
    await page.goto(at(`/#key=${requester.apiKey}`));
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await page.getByRole('heading', { name: 'Your first job' }).waitFor();
    const cards = page.getByRole('list', { name: 'Your jobs' });
    await cards.getByRole('link', { name: 'Running: 1' }).waitFor();
    const jobId = await post('rtx-4090');
    await cards.getByRole('link', { name: 'Succeeded: 1' }).waitFor();
    await cards.getByRole('link', { name: 'Total: 2' }).waitFor();
    await page.getByRole('heading', { name: 'Your first job' }).waitFor({ state: 'detached' });
    const rows = page.locator('.recent-jobs li');
    await expect.poll(() => rows.count(), patience).toBe(2);
    await expect.poll(() => rows.first().textContent(), patience).toContain('Succeeded');
    expect(await rows.first().locator('svg').count()).toBeGreaterThan(0);
    for (const check of ['Database', 'Solana', 'Ledger', 'Payouts', 'Agents', 'Live connection']) {
      await page.getByText(new RegExp(`^${check}:`)).waitFor();
    }
    await inspectPage(page, 'overview');
    await requester.client.call(rateJob, {
      params: { jobId },
      body: { stars: 4, comment: '<img src=x onerror=top.name="pwned"> Quick.' },
    });
    await cards.getByRole('link', { name: 'Succeeded: 1' }).click();
    await page.waitForURL(/\/jobs\?state=succeeded/);
    await page.goBack();
    await page.getByRole('link', { name: 'New job', exact: true }).last().click();
    await page.waitForURL(/\/jobs\/new/);
    await page.getByLabel('Name', { exact: true }).fill('Half done');
    const kept = () => page.evaluate("localStorage.getItem('node3.draft.job')");
    await expect.poll(kept, patience).toContain('Half done');
    expect((await requester.client.call(getJob, { params: { jobId } })).state).toBe('succeeded');
  });

  it('[9.01] has figures that are those of the API, each asset by itself', async () => {
    await page.goto(at('/marketplace'));
    const { agents, gpus, jobs } = await network.operator.call(getOverview, {});
    const stats = page.getByRole('list', { name: 'The market in figures' });
    const text = async () => (await stats.textContent()) ?? '';
    await expect.poll(text, patience).toContain(`Jobs available${jobs['queued']}`);
    await expect.poll(text, patience).toContain(`Agents online${agents.online}`);
    await expect.poll(text, patience).toContain(`GPUs free${gpus.free} / ${gpus.registered}`);
    await page.getByRole('table', { name: 'Open jobs' }).waitFor();
    await inspectPage(page, 'market-jobs');
    await page.getByRole('link', { name: 'Container' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Public facts of a job' });
    await dialog.getByText('l40s').waitFor();
    expect(await dialog.textContent()).not.toContain('Sweep');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('[9.02] filters offers as the API counts them, with chips, and never hides the cheapest', async () => {
    await page.getByRole('tab', { name: 'Compute' }).click();
    await page.getByText('2 offers with 2 GPUs of 2 agents').waitFor();
    const cards = page.locator('.offer-card');
    expect(await cards.first().textContent()).toContain('0.5 USDC');
    const { facets } = await network.operator.call(listOffers, { query: {} });
    const shown: Partial<Record<OfferFacet, string>> = {
      gpu: 'GPU',
      region: 'Region',
      vendor: 'Maker',
      isolation: 'Isolation',
      framework: 'Framework',
    };
    for (const [facet, title] of Object.entries(shown)) {
      const group = page.getByRole('group', { name: title, exact: true });
      for (const { value, count } of facets[facet as OfferFacet]) {
        const box = group.getByRole('checkbox', { name: `${value} ${count}` });
        await box.check();
        await page.getByText(new RegExp(`^${count} offers? with`)).waitFor();
        await expect.poll(() => cards.count(), patience).toBe(count);
        await page.getByRole('link', { name: /^Remove the filter/ }).click();
        await expect.poll(() => cards.count(), patience).toBe(2);
      }
    }
    await inspectPage(page, 'market-compute');
    await beginJobFromOffer();
    await page.getByLabel('Price up to').fill('0.6');
    await expect.poll(() => cards.count(), patience).toBe(1);
    await page.getByText('Table', { exact: true }).click();
    await page.getByRole('table', { name: 'Compute' }).waitFor();
    await page.getByRole('link', { name: 'Clear filters' }).click();
    await page.getByRole('row', { name: /harbour/ }).waitFor();
  });

  /** From the offers to the form and back; a draft that was begun before is still there. */
  async function beginJobFromOffer(): Promise<void> {
    await page.getByRole('link', { name: 'Create a job for Simulated rtx-4090' }).click();
    await page.getByText('For Simulated rtx-4090 at the agent lighthouse').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('');
    const gpu = page.getByRole('combobox', { name: 'GPU', exact: true });
    await expect.poll(() => gpu.inputValue(), patience).toContain('rtx-4090');
    expect(await page.getByLabel('Number of GPUs').inputValue()).toBe('1');
    expect(await page.getByLabel('Ceiling per GPU hour').inputValue()).toBe('0.5');
    await page.getByText('1, 1 free').waitFor();
    await inspectPage(page, 'new-job-from-offer');
    await page.getByRole('link', { name: 'Open it instead' }).click();
    const name = page.getByLabel('Name', { exact: true });
    await expect.poll(() => name.inputValue(), patience).toBe('Half done');
    await page.goBack();
    await page.getByText('For Simulated rtx-4090 at the agent lighthouse').waitFor();
    await page.goBack();
    await page.locator('.offer-card').first().waitFor();
  }

  it('[9.03] shows of a machine its devices, its record and what requesters say, as text', async () => {
    await page.goto(at(`/agents/${lighthouse}`));
    await page.getByRole('heading', { name: 'lighthouse', level: 1 }).waitFor();
    await page.getByText('Claimed').first().waitFor();
    await page.getByText('1 succeeded, 0 failed by its fault').waitFor();
    await page.getByText('Uptime, 7 days').waitFor();
    await page.getByText('<img src=x onerror=top.name="pwned"> Quick.').waitFor();
    expect(await page.evaluate('top.name')).toBe('');
    await inspectPage(page, 'market-agent');
  });

  it('shows what hours on a GPU were let for, as a chart and as a table', async () => {
    await page.goto(at('/marketplace?tab=prices&gpu=rtx-4090&hardware=simulated'));
    await page.getByText('1 paid job').first().waitFor();
    await page.getByRole('img', { name: /USDC per GPU hour/ }).waitFor();
    await inspectPage(page, 'market-prices');
    await page.getByRole('button', { name: /table/i }).first().click();
    await page.getByRole('cell', { name: '0.5', exact: true }).first().waitFor();
  });

  it('[9.16] lists providers, and turns green when a new machine connects', async () => {
    await page.goto(at('/providers'));
    await page.getByRole('link', { name: 'default', exact: true }).waitFor();
    await inspectPage(page, 'providers');
    await page.getByRole('link', { name: 'default', exact: true }).click();
    await page.getByRole('heading', { name: 'default', level: 1 }).waitFor();
    await page.getByText('lighthouse').first().waitFor();
    await page.goto(at('/providers/new'));
    await page.getByLabel('Name of the agent').fill('beacon');
    await page.getByRole('button', { name: 'Make the command' }).click();
    const command = page.locator('pre', { hasText: /^MARKETPLACE_URL=/ });
    expect(await command.textContent()).toContain(`MARKETPLACE_URL=${network.marketplaceUrl}`);
    await page.getByText('Waiting for the agent').waitFor();
    await page.getByText('No container engine answers').waitFor();
    await inspectPage(page, 'enrol');
    await startMachine('beacon', gpu('rtx-3060', 12), '0.1', 'at once');
    await page.getByText('beacon is connected').waitFor();
    await page.getByRole('link', { name: 'Show the agent' }).click();
    await page.getByRole('heading', { name: 'beacon', level: 1 }).waitFor();
  });

  it('speaks Spanish', async () => {
    await page.goto(at('/marketplace?lang=es'));
    await page.getByRole('heading', { name: 'Mercado', level: 1 }).waitFor();
    await page.getByRole('tab', { name: 'Cómputo' }).click();
    await page.getByText('3 ofertas con 3 GPU de 3 agentes').waitFor();
    await page.getByRole('button', { name: 'Filtros' }).waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
  });
});

function gpu(modelId: string, gibibytes: number): AgentDevice {
  const memoryBytes = gibibytes * 1024 ** 3;
  return { ...deviceThatMeasures, model: `Simulated ${modelId}`, modelId, memoryBytes };
}

function executorThatEnds(ends: 'at once' | 'never'): FakeExecutor {
  const executor = new FakeExecutor();
  executor.programProbe({ available: true, problems: [], isolationEffective: null });
  const prepare = { imageId: 'sha256:1', imageDigest: null, sizeBytes: 1, pulled: false };
  const start = { startedAtMs: Date.now() };
  const plan = { prepare, start, outcomeOfCancel: outcome() };
  executor.program('*', ends === 'never' ? plan : { ...plan, outcome: outcome() });
  return executor;
}
