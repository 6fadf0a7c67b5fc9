import { text } from 'node:stream/consumers';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { cancelJobs, createJobs } from '@node3/shared/routes/job-bulk';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { deviceThatMeasures, measuredDetector } from '../measured-detector.ts';
import { dashboardDir, findChromium, inspectPage, launch } from './browser-support.ts';

const { program, skip } = findChromium();
const engine = await findTestEngine();
const soon = { timeout: 30_000 };

describe.skipIf(skip || engine.skip)('the pages of jobs in a real browser', () => {
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
  const jobUrl = (jobId: string, search = '') => `${network.marketplaceUrl}/jobs/${jobId}${search}`;
  const state = () => page.getByTestId('job-state').first();
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
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
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${network.marketplaceUrl}/jobs#key=${requester.apiKey}`);
    await page.getByText('No jobs yet').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  it('[9.03] [9.09] follows a job from its first line to its receipt', async () => {
    const jobId = await post(
      'for i in 1 2 3; do echo "beam $i"; sleep 0.3; done; echo beam > /output/beams.txt',
      {
        name: 'Lighthouse sweep',
        labels: { team: 'vision' },
        resources: { gpus: { count: 1 } },
      },
    );
    await page.goto(jobUrl(jobId));
    await page.getByRole('heading', { name: 'Lighthouse sweep', level: 1 }).waitFor();
    await page.getByText('beam 3').first().waitFor();
    await expect.poll(() => state().textContent(), soon).toContain('Succeeded');
    const timeline = page.getByRole('region', { name: 'Timeline' });
    for (const phase of ['Posted', 'Assigned to an agent', 'Running', 'Ended']) {
      await timeline.getByText(phase, { exact: true }).first().waitFor();
    }
    const payout = page.getByTestId('payout-state').first();
    await expect.poll(() => payout.textContent(), soon).toContain('Finalized');
    await inspectPage(page, 'job-overview');

    await tab('Files').click();
    const file = page.getByRole('link', { name: 'beams.txt' });
    const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
    expect(await text(await download.createReadStream())).toBe('beam\n');
    await inspectPage(page, 'job-files');

    await tab('Config').click();
    await page.getByTestId('job-config').getByText('"Lighthouse sweep"').waitFor();
    expect(new URL(page.url()).searchParams.get('tab')).toBe('config');
    await inspectPage(page, 'job-config');
    await page.keyboard.press(']');
    await page.getByRole('log', { name: 'Log' }).getByText('beam 2').waitFor();
    await tab('Events').click();
    await page.getByText('job.posted', { exact: true }).waitFor();
    await inspectPage(page, 'job-events');
    await tab('Payment').click();
    await page.getByTestId('receipt-check').getByText('Genuine').waitFor();
    await inspectPage(page, 'job-payment');
  });

  it('[9.12] cancels a running job after asking, and says so at once', async () => {
    const jobId = await post('echo waiting; sleep 120', { name: 'Endless night' });
    await page.goto(jobUrl(jobId));
    await page.getByText('waiting', { exact: false }).first().waitFor();
    await expect.poll(() => state().textContent(), soon).toContain('Running');
    await page.keyboard.press('c');
    await page.getByRole('button', { name: 'No, go back' }).click();
    await page.getByRole('button', { name: 'Cancel job' }).click();
    await page.getByRole('button', { name: 'Yes, cancel the job' }).click();
    await page.getByText('The job is being cancelled.').waitFor();
    await expect.poll(() => state().textContent(), soon).toContain('Cancelled');
    await page.getByTestId('job-reason').getByText('The requester cancelled the job.').waitFor();
    await page.keyboard.press('r');
    await page.getByRole('button', { name: 'Yes, run it again' }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(jobId));
    await page
      .getByRole('link', { name: 'Endless night' })
      .or(page.getByText('Runs again'))
      .first()
      .waitFor();
    const again = page.url().split('/').at(-1) ?? '';
    await requester.client.call(cancelJob, { params: { jobId: again } });
  });

  it('[9.13] tells an error, a timeout and a memory that was too small apart', async () => {
    const ends = [
      ['exit 3', {}, 'Failed', 'exit code other than 0'],
      ['sleep 60', { limits: { runSec: 1 } }, 'Timed out', 'ran longer than limits.runSec'],
    ] as const;
    const jobIds = await Promise.all(ends.map(([code, more]) => post(code, more)));
    for (const [index, [, , word, sentence]] of ends.entries()) {
      await page.goto(jobUrl(jobIds[index] ?? ''));
      await expect.poll(() => state().textContent(), soon).toContain(word);
      await page.getByTestId('job-reason').getByText(sentence).waitFor();
    }
  });

  it('[9.14] reads a job every second or two without a socket, over a lost network, until it is over', async () => {
    const context = await browser.newContext();
    const bare = await context.newPage();
    bare.setDefaultTimeout(30_000);
    await bare.routeWebSocket(/stream/, (socket) => socket.close());
    await bare.clock.install();
    const jobId = await post('sleep 300', { name: 'Watched' });
    let reads = 0;
    bare.on('request', (request) => {
      if (new URL(request.url()).pathname === `/api/v1/jobs/${jobId}`) reads += 1;
    });
    await bare.goto(`${jobUrl(jobId)}#key=${requester.apiKey}`);
    const shown = bare.getByTestId('job-state').first();
    await expect.poll(() => shown.textContent(), soon).toContain('Running');
    const before = reads;
    await expect.poll(() => reads, soon).toBeGreaterThan(before + 1);
    await context.setOffline(true);
    await bare.getByText('The connection is lost').waitFor();
    await requester.client.call(cancelJob, { params: { jobId } });
    await context.setOffline(false);
    await expect.poll(() => shown.textContent(), soon).toContain('Cancelled');
    const isSettled = async () =>
      (await requester.client.call(getJob, { params: { jobId } })).settlement.payout?.state;
    await expect.poll(isSettled, soon).toBe('finalized');
    await expect
      .poll(() => bare.getByTestId('payout-state').first().textContent(), soon)
      .toContain('Finalized');
    const last = reads;
    await bare.clock.runFor(60_000);
    expect(reads).toBe(last);
    await context.close();
  });

  it('[9.15] finds jobs by state, name, GPU, label and day, and keeps the filter as a view', async () => {
    await page.goto(listUrl());
    await page.getByRole('link', { name: 'Lighthouse sweep' }).waitFor();
    await inspectPage(page, 'jobs');
    await page.getByRole('link', { name: 'Failed', exact: true }).click();
    await expect.poll(() => rows().count(), soon).toBe(2);
    await page.getByRole('link', { name: 'All', exact: true }).click();
    await page.getByLabel('Search').fill('LIGHT');
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
