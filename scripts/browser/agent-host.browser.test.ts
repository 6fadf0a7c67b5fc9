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
const job = {
  workload: { kind: 'script' as const, language: 'bash' as const, code: 'echo beam' },
  price: { kind: 'fixed' as const, reward: { amount: '0.001', asset: 'SOL' as const } },
};
const engine = await findTestEngine();

describe.skipIf(skip || engine.skip)('the pages of an agent in a real browser', () => {
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
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  it('shows the provider its device, its work and its earnings', async () => {
    await requester.client.call(createJob, { body: { ...job, name: 'Lighthouse sweep' } });
    await page.goto(dashboardLink(agent.url, agent.token));
    await page.getByRole('heading', { name: 'Earnings', exact: true }).waitFor();
    await page.getByText('Simulated GPU').first().waitFor();
    await page.getByText('Lighthouse sweep').first().waitFor();
    await inspectPage(page, 'agent');
  });

  it('[9.21] threat 15: shows what a job says of itself as text, to its provider', async () => {
    const name = '<img src=x onerror=top.name="pwned">';
    await requester.client.call(createJob, { body: { ...job, name } });
    await page.goto(dashboardLink(agent.url, agent.token));
    await page.getByText(name).first().waitFor();
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(await page.evaluate('top.name')).toBe('');
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
