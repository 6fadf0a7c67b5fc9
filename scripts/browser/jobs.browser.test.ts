import { text } from 'node:stream/consumers';
import type { Agent } from '@node3/agent/agent';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { dashboardLink } from '@node3/agent/local-token';
import { clientOf } from '@node3/agent/testing/test-agent';
import { changeLocalPolicy, getLocalPolicy } from '@node3/shared/routes/agent-local';
import { createJob } from '@node3/shared/routes/jobs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { deviceThatMeasures, measuredDetector } from '../measured-detector.ts';
import { dashboardDir, findChromium, inspectPage, launch } from './browser-support.ts';

const { program, skip } = findChromium();
const echo = (text: string) => `printf '%s\\n' '${text.replaceAll("'", "'\\''")}'`;
const engine = await findTestEngine();

describe.skipIf(skip || engine.skip)('the web app in a real browser', () => {
  let network: DevNetwork;
  let agent: Agent;
  let requester: Requester;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    const image = await engine.prepareImage();
    const defaultImages = {
      container: image,
      python: image,
      javascript: image,
      typescript: image,
      bash: image,
    };
    network = await startDevNetwork({ marketplace: { dashboardDir, defaultImages } });
    const device = { ...deviceThatMeasures, model: 'Simulated GPU', modelId: 'rtx-4090' };
    agent = await network.startAgent('lighthouse', {
      config: { dashboardDir },
      parts: { createDetectors: () => [measuredDetector(device)] },
    });
    await agent.ready();
    requester = await network.openRequester();
    browser = await launch(program);
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  it('takes the key from the address and forgets it there', async () => {
    await page.goto(`${network.marketplaceUrl}/#key=${requester.apiKey}`);
    await page.getByRole('heading', { name: 'Marketplace', level: 1 }).waitFor();
    await page.locator('.connection[data-state=live]').waitFor();
    expect(page.url()).not.toContain('key');
  });

  it('posts a job, follows its log live and sees it paid', async () => {
    await page.getByRole('link', { name: 'New job' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('Lighthouse sweep');
    await page.getByRole('combobox', { name: 'Language' }).click();
    await page.getByRole('option', { name: 'Bash' }).click();
    const code = page.getByLabel('Code');
    await code.fill(
      'for i in 1 2 3; do echo "beam $i"; sleep 0.4; done; echo bright >&2; echo beam > /output/beams.txt',
    );
    await expect.poll(() => page.getByTestId('balance-available').textContent()).toContain('5 SOL');
    await page.getByRole('button', { name: 'Run async' }).click();
    await page.waitForURL(/\/jobs\/job_/);
    await page.getByRole('heading', { name: 'Lighthouse sweep', level: 1 }).waitFor();
    const log = page.getByRole('log', { name: 'Log' });
    await log.getByText('beam 1').waitFor({ timeout: 30_000 });
    await log.getByText('beam 3').waitFor();
    await log.getByText('bright').waitFor();
    const state = page.getByTestId('job-state').first();
    await expect.poll(() => state.textContent(), { timeout: 30_000 }).toContain('Succeeded');
    const payout = page.getByTestId('payout-state').first();
    await expect.poll(() => payout.textContent(), { timeout: 30_000 }).toContain('Finalized');
    const file = page.getByRole('link', { name: 'beams.txt' });
    const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
    expect(await text(await download.createReadStream())).toBe('beam\n');
    await inspectPage(page, 'job');
  });

  it('[9.12] cancels a running job after asking', async () => {
    await page.getByRole('link', { name: 'New job' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('Endless night');
    await page.getByRole('combobox', { name: 'Language' }).click();
    await page.getByRole('option', { name: 'Bash' }).click();
    await page.getByLabel('Code').fill('echo waiting; sleep 120');
    await page.getByRole('button', { name: 'Run async' }).click();
    await page.waitForURL(/\/jobs\/job_/);
    await page.getByRole('log', { name: 'Log' }).getByText('waiting').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Cancel job' }).click();
    await page.getByRole('button', { name: 'Yes, cancel the job' }).click();
    const state = page.getByTestId('job-state').first();
    await expect.poll(() => state.textContent(), { timeout: 15_000 }).toContain('Cancelled');
  });

  it('lists jobs and shows the marketplace', async () => {
    await page.getByRole('link', { name: 'Jobs', exact: true }).first().click();
    await page.getByRole('link', { name: 'Lighthouse sweep' }).first().waitFor();
    await inspectPage(page, 'jobs');
    await page.goto(network.marketplaceUrl);
    await page.getByText('lighthouse').first().waitFor();
    await inspectPage(page, 'marketplace');
  });

  it('shows the provider its device, its work and its earnings', async () => {
    await page.goto(dashboardLink(agent.url, agent.token));
    await page.getByRole('heading', { name: 'Earnings', exact: true }).waitFor();
    await page.getByText('Simulated GPU').first().waitFor();
    await page.getByText('Lighthouse sweep').first().waitFor();
    await inspectPage(page, 'agent');
  });

  it('[9.21] threat 15: shows what a job says of itself as text, to its requester and its provider', async () => {
    const payloads = [
      '<img src=x onerror=top.name="pwned">',
      '<script>top.name="pwned"</script>',
      '<svg onload=top.name="pwned">',
      '<a href="javascript:top.name=\'pwned\'">here</a>',
    ];
    const [name = ''] = payloads;
    const { jobId } = await requester.client.call(createJob, {
      body: {
        name,
        labels: { theme: payloads.at(-1)?.slice(0, 60) ?? '' },
        workload: { kind: 'script', language: 'bash', code: payloads.map(echo).join('\n') },
        price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
      },
    });
    const jobPage = `${network.marketplaceUrl}/jobs/${jobId}`;
    for (const url of [jobPage, dashboardLink(agent.url, agent.token)]) {
      await page.goto(url);
      await page.getByText(name).first().waitFor();
      if (url === jobPage) {
        const log = page.getByRole('log', { name: 'Log' });
        for (const payload of payloads) await log.getByText(payload).waitFor({ timeout: 30_000 });
      }
      const made = page.locator('img[src=x], svg[onload], a[href^="javascript:"]');
      expect(await made.count()).toBe(0);
      expect(await page.evaluate('top.name')).toBe('');
    }
  });

  it('[8.13] lets the provider change the policy, and never over a change that was not seen', async () => {
    const local = clientOf(agent);
    const policy = async () => (await local.call(getLocalPolicy, {})).policy;
    await page.goto(agent.url);
    await page.getByRole('row', { name: /Without a GPU/ }).waitFor();
    await page.getByRole('link', { name: 'Policy' }).click();
    await page.getByText('New work is taken now').waitFor();
    const idle = page.getByRole('textbox', { name: 'Only when idle for' });
    await idle.fill('0');
    await idle.press('Enter');
    await page.getByText('Whole minutes from 1 to 1440').waitFor();
    await idle.and(page.locator(':focus')).waitFor();
    await idle.fill('');
    await page.getByRole('textbox', { name: 'Highest temperature' }).fill('60');
    await page.getByRole('button', { name: 'Ask 0.375 USDC for rtx-4090' }).press('Enter');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved; it holds from now on.').waitFor();
    expect(await policy()).toMatchObject({
      temperatureCelsiusMax: 60,
      asks: { 'rtx-4090': { SOL: null, USDC: { amount: '0.375', asset: 'USDC' } } },
    });
    await page.getByText('Simulated GPU is at 61 °C, and your policy allows 60 °C.').waitFor();
    const power = page.getByRole('textbox', { name: 'Power of all GPUs' });
    await power.fill('500');
    const set = { powerWattsMax: 300, electricityUsdPerKwh: 0.2 };
    await local.call(changeLocalPolicy, { body: { set } });
    await page.getByText('Changed here and elsewhere').waitFor();
    await inspectPage(page, 'policy');
    await page.getByRole('button', { name: 'Keep my changes' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(policy).toMatchObject({ powerWattsMax: 500, electricityUsdPerKwh: 0.2 });
    await page.getByRole('button', { name: 'Give Power of all GPUs back to the settings' }).click();
    await expect.poll(policy).toMatchObject({ powerWattsMax: null });
  });

  it('never wrote an error to the console', () => {
    expect(complaints).toEqual([]);
  });
});
