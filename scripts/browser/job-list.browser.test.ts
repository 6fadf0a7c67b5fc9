import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { cancelJobs, createJobs } from '@node3/shared/routes/job-bulk';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { deviceThatMeasures, measuredDetector } from '../measured-detector.ts';
import { dashboardDir, findChromium, inspectPage, isComplaint, launch } from './browser-support.ts';

const { program, skip } = findChromium();
const engine = await findTestEngine();
const soon = { timeout: 30_000 };

describe.skipIf(skip || engine.skip)('the list of jobs in a real browser', () => {
  let network: DevNetwork;
  let requester: Requester;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  const bash = (code: string, more: object = {}) => ({
    workload: { kind: 'script' as const, language: 'bash' as const, code },
    price: { kind: 'fixed' as const, reward: { amount: '0.001', asset: 'SOL' as const } },
    ...more,
  });
  const post = async (code: string, more: object = {}) =>
    (await requester.client.call(createJob, { body: bash(code, more) })).jobId;
  const state = () => page.getByTestId('job-state').first();
  const rows = () => page.getByRole('row').filter({ has: page.locator('a.row-link') });
  const listUrl = (search = '') => `${network.marketplaceUrl}/jobs${search}`;

  beforeAll(async () => {
    const image = await engine.prepareImage();
    const languages = ['container', 'python', 'javascript', 'typescript', 'bash'];
    const defaultImages = Object.fromEntries(languages.map((name) => [name, image]));
    network = await startDevNetwork({
      marketplace: { dashboardDir, defaultImages: defaultImages as never },
    });
    const device = { ...deviceThatMeasures, model: 'Simulated GPU', modelId: 'rtx-4090' };
    const agent = await network.startAgent('lighthouse', {
      parts: { createDetectors: () => [measuredDetector(device)] },
    });
    await agent.ready();
    requester = await network.openRequester();
    browser = await launch(program);
    page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (isComplaint(message)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${network.marketplaceUrl}/jobs#key=${requester.apiKey}`);
    await page.getByText('No jobs yet').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  it('is filled by jobs of all kinds', async () => {
    const specs = [
      bash('echo beam', {
        name: 'Lighthouse sweep',
        labels: { team: 'vision' },
        resources: { gpus: { count: 1 } },
      }),
      bash('exit 3'),
      bash('sleep 60', { limits: { runSec: 1 } }),
      bash('true', { name: 'Lantern' }),
    ];
    const { data } = await requester.client.call(createJobs, { body: { jobs: specs } });
    for (const row of data) {
      const jobId = 'jobId' in row ? row.jobId : '';
      const over = async () =>
        (await requester.client.call(getJob, { params: { jobId } })).finishedAt;
      await expect.poll(over, soon).not.toBeNull();
    }
  });

  it('[9.15] finds jobs by state, name, GPU, label and day, and keeps the filter as a view', async () => {
    await page.goto(listUrl());
    await page.getByRole('link', { name: 'Lighthouse sweep' }).waitFor();
    await inspectPage(page, 'jobs');
    await page.getByRole('link', { name: 'Failed', exact: true }).click();
    await expect.poll(() => rows().count(), soon).toBe(2);
    await page.getByRole('link', { name: 'All', exact: true }).click();
    await page.getByRole('searchbox', { name: 'Search' }).fill('LIGHT');
    await expect.poll(() => rows().count(), soon).toBe(1);
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('LIGHT');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('button', { name: 'Save these filters' }).click();
    await page.getByLabel('Name of the view').fill('Beams');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('link', { name: 'Clear', exact: true }).click();
    await expect.poll(() => rows().count(), soon).toBeGreaterThan(3);
    await page.getByLabel('GPU model').fill('simulated');
    await expect.poll(() => rows().count(), soon).toBe(1);
    await page.getByLabel('GPU model').fill('none');
    await expect.poll(() => rows().count(), soon).toBeGreaterThan(2);
    await page.goto(listUrl('?label=team%3Dvision&from=today'));
    await expect.poll(() => rows().count(), soon).toBe(1);
    await page.goto(listUrl('?to=2020-01-01'));
    await page.getByText('No job fits these filters').waitFor();
    await page.getByRole('link', { name: 'Clear the filters' }).click();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('link', { name: 'Beams' }).click();
    await expect.poll(() => rows().count(), soon).toBe(1);
    await page.goto(listUrl('?to=2020-01-01&lang=es'));
    await page.getByText('Ningún job cumple estos filtros').waitFor();
    await inspectPage(page, 'jobs-es-empty');
    await page.goto(listUrl('?lang=en'));
  });

  it('[9.08] changes rows as their jobs change, counts new ones, pages and cancels many', async () => {
    const blocker = await post('sleep 300', { name: 'Blocker' });
    await page.goto(listUrl());
    const row = page.getByRole('row').filter({ hasText: 'Blocker' });
    await row.getByText('Running').waitFor();
    const spec = bash('true', {
      name: 'Follower',
      after: [{ jobId: blocker, condition: 'ended' }],
    });
    await requester.client.call(createJobs, { body: { jobs: [spec], copies: 26 } });
    await page.getByRole('button', { name: '26 new jobs' }).click();
    await expect.poll(() => rows().count(), soon).toBe(25);
    await page.getByRole('link', { name: 'Older' }).click();
    await row.waitFor();
    await page.getByRole('link', { name: 'Newest' }).click();
    await expect.poll(() => rows().count(), soon).toBe(25);
    await page.getByRole('link', { name: 'Templates', exact: true }).click();
    await page.getByRole('heading', { name: 'Templates', level: 1 }).waitFor();
    await requester.client.call(createJobs, { body: { jobs: [{ ...spec, name: 'Meanwhile' }] } });
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await page.getByRole('link', { name: 'Meanwhile' }).waitFor();
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText('2 jobs selected').waitFor();
    await page.getByRole('button', { name: 'Select all 25' }).click();
    await inspectPage(page, 'jobs-selected');
    await page.getByRole('button', { name: 'Cancel (25)' }).click();
    await page.getByRole('button', { name: 'Yes, cancel 25 jobs' }).click();
    const results = page.getByRole('dialog', { name: 'What became of the jobs' });
    await results.getByText('25 of 25 done.').waitFor();
    expect(await results.getByText('Cancelled').count()).toBe(25);
    await results.getByRole('button', { name: 'Close' }).last().click();
    await requester.client.call(cancelJobs, { body: { filter: {} } });
    await page.goto(listUrl('?q=Blocker'));
    await row.getByText('Cancelled').waitFor();
    await page.goto(listUrl('?q=Lighthouse'));
    await page.getByRole('checkbox', { name: 'Select Lighthouse sweep' }).check();
    await page.getByRole('button', { name: 'Rerun (1)' }).click();
    await page.getByRole('button', { name: 'Yes, run 1 job again' }).click();
    await results.getByText('1 of 1 done.').waitFor();
    await results.getByRole('link', { name: 'Lighthouse sweep' }).click();
    await expect.poll(() => state().textContent(), soon).toContain('Succeeded');
  });
});
