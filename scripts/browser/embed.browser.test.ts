import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  fenceOf,
  successResult,
  type TestAgentCalls,
  testAgentCalls,
} from '@node3/marketplace/testing/test-agent';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '@node3/marketplace/testing/test-marketplace';
import { appendLogs, reportResult } from '@node3/shared/routes/agents';
import { createJobLink, revokeJobLink } from '@node3/shared/routes/job-links';
import { createJob } from '@node3/shared/routes/jobs';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBlocks } from '../documents/read-blocks.ts';
import { dashboardDir, findBarriers, findChromium, launch, pictureDir } from './browser-support.ts';
import { hostileLines } from './hostile-lines.ts';

const { program, skip } = findChromium();
const soon = { timeout: 30_000 };
const bytesMax = 12_000;
const hostileName = '<img src=x onerror=top.name="pwned">';
const guide = 'docs/guides/embed.md';

/** The page of somebody else, on another origin; what it holds is `html`. */
async function serveSite(html: () => string): Promise<Server> {
  const site = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>Lab notes</title>${html()}</html>`);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  return site;
}

describe.skipIf(skip)('a shared job as an element of another site', () => {
  let market: TestMarketplace;
  let owner: Awaited<ReturnType<typeof openFundedAccount>>;
  let agent: Awaited<ReturnType<typeof registerTestAgent>>;
  let calls: TestAgentCalls;
  let site: Server;
  let browser: Browser;
  let page: Page;
  let html = '';
  const requests: Request[] = [];

  const siteUrl = () => `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
  const element = () => page.locator('node3-job');
  const inside = (text: string) => element().getByText(text);
  const word = () => element().getByRole('status').first();

  beforeAll(async () => {
    market = await startTestMarketplace({ dashboardDir });
    owner = await openFundedAccount(market);
    agent = await registerTestAgent(market);
    calls = testAgentCalls(agent.client);
    site = await serveSite(() => html);
    browser = await launch(program);
    page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    // Whoever reads the page is signed in at the marketplace, too: loopback shares its cookies.
    const cookie = { name: 'node3_session', value: 'of-the-reader', url: market.url };
    await page.context().addCookies([cookie]);
    page.on('request', (request) => {
      if (request.url().startsWith(market.url)) requests.push(request);
    });
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
    await market?.stop();
  });

  /** A site has a scheme of its own, so the element's is looked at and pictured by itself. */
  async function look(name: string): Promise<void> {
    mkdirSync(pictureDir, { recursive: true });
    for (const theme of ['light', 'dark']) {
      await element().evaluate((shown, value) => shown.setAttribute('theme', value), theme);
      expect(await findBarriers(page), `${name}, ${theme}`).toEqual([]);
      await element().screenshot({ path: join(pictureDir, `${name}-${theme}.png`) });
    }
  }

  async function share(jobId: string) {
    const link = await owner.client.call(createJobLink, { params: { jobId }, body: {} });
    const { search } = new URL(link.url, market.url);
    return { ...link, address: `${market.url}/s/${link.linkId}${search}` };
  }

  /** The lines of the guide, with this marketplace and this link. */
  function fromGuide(address: string): string {
    const block = readBlocks(new URL('../..', import.meta.url), guide).find(
      ({ language }) => language === 'html',
    );
    return (block?.text ?? '')
      .replace(/link="[^"]*"/, `link="${address}"`)
      .replace('https://market.example', market.url);
  }

  async function open(body: string): Promise<void> {
    html = `<script>document.addEventListener('node3-state', ({ detail }) => {
      (window.states ??= []).push(detail.state);
    });</script><main><h1>Lab notes</h1>${body}</main>`;
    await page.goto(siteUrl());
  }

  async function startJob() {
    const { jobId } = await owner.client.call(createJob, { body: testJob({ name: hostileName }) });
    const link = await share(jobId);
    const offer = await calls.offer();
    const params = { executionId: offer.executionId };
    let seqFirst = 1;
    return {
      jobId,
      link,
      offer,
      run: () => calls.run(offer),
      async print(texts: readonly string[]) {
        const lines = texts.map((text) => ({
          stream: 'stdout' as const,
          atMs: 1,
          text,
          partial: false,
        }));
        await agent.client.call(appendLogs, {
          params,
          body: { ...fenceOf(offer), seqFirst, lines },
        });
        seqFirst += lines.length;
      },
      async end() {
        const result = { ...successResult, logLines: seqFirst - 1 };
        await agent.client.call(reportResult, { params, body: { ...fenceOf(offer), result } });
      },
    };
  }

  it('is one small script', async () => {
    const script = await fetch(`${market.url}/embed/node3-job.js`);
    const bytes = Buffer.from(await script.arrayBuffer());
    expect(gzipSync(bytes).length).toBeLessThan(bytesMax);
    expect(bytes.toString()).not.toMatch(/react|innerHTML/i);
  });

  it('[9.21] follows a job to its end, with hostile texts as texts, and sends no cookie', async () => {
    const job = await startJob();
    await open(fromGuide(job.link.address).replace('lines="20"', 'lines="100"'));
    await expect.poll(() => word().textContent(), soon).toBe('Assigned');
    await job.run();
    await job.print(hostileLines.map(({ text }) => text));
    await expect.poll(() => word().textContent(), soon).toBe('Running');
    const log = element().getByRole('group', { name: 'Log' });
    for (const { shows } of hostileLines) {
      await expect.poll(() => log.textContent(), soon).toContain(shows);
    }
    await element().getByText(hostileName, { exact: true }).waitFor();
    await look('embed-running');
    // The marketplace is away for a while: what was read stays, with its age.
    await page.route(`${market.url}/api/**`, (route) => route.abort());
    await inside('The marketplace does not answer').waitFor();
    await element()
      .getByText(/Read .* ago/)
      .waitFor();
    expect(await word().textContent()).toBe('Running');
    await page.unroute(`${market.url}/api/**`);
    await job.print(['the last line']);
    await job.end();
    await expect.poll(() => word().textContent(), soon).toBe('Succeeded');
    await inside('the last line').waitFor();
    await element()
      .getByText(/^Run time [\d.]+ m?s$/)
      .waitFor();
    expect(await page.evaluate('window.states')).toEqual(['assigned', 'running', 'succeeded']);
    expect(await element().locator('img, script, iframe, svg[onload]').count()).toBe(0);
    expect(await page.evaluate('top.name')).toBe('');
    const read = requests.length;
    expect(read).toBeGreaterThan(3);
    for (const request of requests) {
      const headers = await request.allHeaders();
      const names = Object.keys(headers);
      for (const name of ['cookie', 'authorization', 'x-api-key'])
        expect(names).not.toContain(name);
    }
  });

  it('says in Spanish, and in the dark, that a link was revoked or is none', async () => {
    const job = await startJob();
    await job.run();
    const { address, linkId } = job.link;
    await open(fromGuide(address).replace('lang="en"', 'lang="es"').replace('auto', 'dark'));
    await expect.poll(() => word().textContent(), soon).toBe('En ejecución');
    const params = { jobId: job.jobId, linkId };
    await owner.client.call(revokeJobLink, { params });
    await inside('Este enlace ya no muestra nada').waitFor();
    expect(await word().textContent()).toBe('No se muestra');
    expect(await element().getByText(hostileName).count()).toBe(0);
    await look('embed-revoked');
    await element().evaluate((shown) => shown.setAttribute('link', 'javascript:top.name=1'));
    await inside('Este no es un enlace a un job compartido').waitFor();
    expect(await page.evaluate('top.name')).toBe('');
  });
});
