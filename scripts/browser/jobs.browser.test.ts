import { text } from 'node:stream/consumers';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { deviceThatMeasures, measuredDetector } from '../measured-detector.ts';
import { dashboardDir, findChromium, inspectPage, isComplaint, launch } from './browser-support.ts';

const { program, skip } = findChromium();
const engine = await findTestEngine();
const soon = { timeout: 30_000 };

describe.skipIf(skip || engine.skip)('the pages of jobs in a real browser', () => {
  let network: DevNetwork;
  let requester: Requester;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  /** What the socket of the page has said. */
  const frames: string[] = [];
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
    // What a wallet has that nothing was ever paid to doesn't reach the least balance of the chain: dust.
    network.localnet.airdrop(agent.wallet, 1_000_000_000n);
    requester = await network.openRequester();
    browser = await launch(program);
    page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (isComplaint(message)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
    );
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

    await tab('Config').click();
    await page.getByTestId('job-config').getByText('"Lighthouse sweep"').waitFor();
    expect(new URL(page.url()).searchParams.get('tab')).toBe('config');
    await page.keyboard.press(']');
    await page.getByRole('log', { name: 'Log' }).getByText('beam 2').waitFor();
    await tab('Events').click();
    await page.getByText('job.posted', { exact: true }).waitFor();
    await inspectPage(page, 'job-events');
    await tab('Resources').click();
    await page.getByRole('region', { name: 'Resources' }).waitFor();
    // Not asked for again and again, but told.
    const told = () => frames.some((frame) => frame.startsWith('{"type":"resources"'));
    await expect.poll(told, soon).toBe(true);
    await tab('Payment').click();
    await page.getByTestId('receipt-check').getByText('Genuine').waitFor();
    await page.getByRole('cell', { name: 'Fee of the marketplace' }).waitFor();
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

  it('[9.13] tells an exit code that is not 0 and a timeout apart', async () => {
    const ends = [
      ['exit 3', {}, 'Failed', 'exit code other than 0'],
      ['sleep 60', { limits: { runSec: 1 } }, 'Timed out', 'ran longer than its time limit'],
    ] as const;
    const jobIds = await Promise.all(ends.map(([code, more]) => post(code, more)));
    for (const [index, [, , word, sentence]] of ends.entries()) {
      await page.goto(jobUrl(jobIds[index] ?? ''));
      await expect.poll(() => state().textContent(), soon).toContain(word);
      await page.getByText('The job ended without output.').waitFor();
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
    const unanswered = new Set<Request>();
    bare.on('request', (request) => {
      unanswered.add(request);
      if (new URL(request.url()).pathname === `/api/v1/jobs/${jobId}`) reads += 1;
    });
    bare.on('requestfinished', (request) => unanswered.delete(request));
    bare.on('requestfailed', (request) => unanswered.delete(request));
    /** Seconds of the page's clock, none of which passes while an answer is under way: it would be late. */
    const pass = async (seconds: number) => {
      for (let passed = 0; passed < seconds; passed += 1) {
        await expect.poll(() => [...unanswered].map((request) => request.url()), soon).toEqual([]);
        await bare.clock.runFor(1_000);
      }
    };
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
    // One that was about to begin may still come.
    await pass(10);
    const last = reads;
    await pass(60);
    expect(reads).toBe(last);
    await context.close();
  });

  it('[9.21] [9.23] shares a job with somebody without an account, and as text only', async () => {
    const payloads = [
      '<img src=x onerror=top.name="pwned">',
      '<script>top.name="pwned"</script>',
      '<svg onload=top.name="pwned">',
      '<a href="javascript:top.name=\'pwned\'">here</a>',
    ];
    const lines = payloads.map((line) => `printf '%s\\n' '${line.replaceAll("'", "'\\''")}'`);
    const [name = ''] = payloads;
    const label = payloads.at(-1)?.slice(0, 60) ?? '';
    const jobId = await post(lines.join('\n'), { name, labels: { theme: label } });
    const made = (shown: Page) =>
      shown.locator('img[src=x], svg[onload], a[href^="javascript:"]').count();
    await page.goto(jobUrl(jobId));
    await expect.poll(() => state().textContent(), soon).toContain('Succeeded');
    for (const payload of payloads) await page.getByText(payload).first().waitFor();
    for (const search of ['?tab=config', '?tab=logs', '?tab=events']) {
      await page.goto(jobUrl(jobId, search));
      await page
        .getByRole('tabpanel')
        .getByText(search.endsWith('logs') ? label : 'theme')
        .or(page.getByText('job.posted'))
        .first()
        .waitFor();
      expect(await made(page)).toBe(0);
    }
    await page.goto(`${network.marketplaceUrl}/jobs`);
    await page.getByRole('link', { name, exact: true }).first().waitFor();
    expect([await made(page), await page.evaluate('top.name')]).toEqual([0, '']);

    await page.goto(jobUrl(jobId));
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Create link' }).click();
    const field = page.getByRole('textbox', { name: 'Link', exact: true });
    const address = await field.inputValue();
    const stranger = await (await browser.newContext()).newPage();
    stranger.setDefaultTimeout(30_000);
    // The link of the API leads a browser to the same page.
    await stranger.goto(address.replace('/s/', '/api/v1/shared/'));
    expect(stranger.url()).toBe(address);
    await stranger.getByRole('heading', { name, level: 1 }).waitFor();
    for (const payload of payloads) await stranger.getByText(payload).first().waitFor();
    expect([await made(stranger), await stranger.evaluate('top.name')]).toEqual([0, '']);
    await inspectPage(stranger, 'shared-job');
    await inspectPage(page, 'job-share');
    await page.getByRole('button', { name: /Revoke the link/ }).click();
    await page.getByText('Revoked', { exact: true }).waitFor();
    // What leads nowhere is not there to be copied.
    await field.waitFor({ state: 'detached' });
    await stranger.reload();
    await stranger.getByText('This link shows nothing any more').waitFor();
    await stranger.goto(`${network.marketplaceUrl}/s/lnk_cut-off?signature=x&lang=es`);
    await stranger.getByText('Este enlace ya no muestra nada').waitFor();
    await stranger.context().close();
  });

  it('[9.23] says that it reads, that it could not, and that there is nothing', async () => {
    await page.goto(jobUrl('job_00000000000000000000000000'));
    await page.getByText('There is no such job').waitFor();
    await page.getByRole('link', { name: 'Back to the jobs' }).click();
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
    const link = page.getByRole('link', { name: 'Lighthouse sweep' });
    const jobId = (await link.getAttribute('href'))?.split('/').at(-1) ?? '';
    await page.goto(jobUrl(jobId, '?tab=files'));
    await page.getByText('beams.txt').waitFor();
    await page.context().setOffline(true);
    await tab('Payment').click();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByTestId('receipt-check').waitFor();
  });
});
