import { readFile } from 'node:fs/promises';
import { fenceOf, testAgentCalls } from '@node3/marketplace/testing/test-agent';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '@node3/marketplace/testing/test-marketplace';
import { appendLogs, type ExecutionOffer } from '@node3/shared/routes/agents';
import { createJob } from '@node3/shared/routes/jobs';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLog } from '../bench/write-log.ts';
import { dashboardDir, findChromium, inspectPage, isComplaint, launch } from './browser-support.ts';
import { hostileLines } from './hostile-lines.ts';

const { program, skip } = findChromium();
const wide = { timeout: 30_000 };

/** Control characters, and those that turn the direction of a text. */
const invisible = /(?![\t\n])[\p{Cc}\p{Bidi_Control}]/u;

interface Written {
  text: string;
  stream?: 'stdout' | 'stderr' | 'system';
}

describe.skipIf(skip)('the log viewer', () => {
  let market: TestMarketplace;
  let browser: Browser;
  let page: Page;
  let apiKey: string;
  let post: () => Promise<string>;
  let take: () => Promise<ExecutionOffer>;
  let end: (offer: ExecutionOffer) => Promise<unknown>;
  let agent: Awaited<ReturnType<typeof registerTestAgent>>;
  const complaints: string[] = [];

  beforeAll(async () => {
    market = await startTestMarketplace({ dashboardDir });
    const requester = await openFundedAccount(market);
    ({ apiKey } = requester);
    agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client);
    const limits = { logBytes: 256 * 1024 * 1024 };
    post = async () =>
      (await requester.client.call(createJob, { body: testJob({ name: 'Night run', limits }) }))
        .jobId;
    take = async () => {
      const offer = await calls.offer();
      await calls.run(offer);
      return offer;
    };
    end = (offer) => calls.report(offer);
    browser = await launch(program);
    page = await browser.newPage();
    page.on('console', (message) => {
      if (isComplaint(message)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${market.url}/#key=${apiKey}`);
    await page.locator('.connection[data-state=live]').waitFor(wide);
  });
  afterAll(async () => {
    await browser?.close();
    await market?.stop();
  });

  function writerOf(offer: ExecutionOffer) {
    let seqFirst = 1;
    return async (...lines: Written[]) => {
      const full = lines.map(({ text, stream = 'stdout' }) => ({
        text,
        stream,
        atMs: 1_800_000_000_000 + seqFirst * 10,
        partial: false,
      }));
      const body = { ...fenceOf(offer), seqFirst, lines: full };
      seqFirst += lines.length;
      await agent.client.call(appendLogs, { params: { executionId: offer.executionId }, body });
    };
  }
  const log = () => page.getByRole('log', { name: 'Log' });
  const open = async (jobId: string, hash = '') => {
    await page.goto(`${market.url}/jobs/${jobId}/logs${hash}`);
    await log().waitFor(wide);
  };
  const numbered = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ text: `INFO beam ${from + index}` }));
  const rowOf = (seq: number): Locator =>
    log().locator('.log-row', { has: page.locator(`[data-seq="${seq}"]`) });
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });

  it('[9.10] follows, pauses, filters, finds and clears a log that is being written', async () => {
    const jobId = await post();
    await open(jobId);
    await log().page().getByText('Waiting for the job to start.').waitFor(wide);
    const offer = await take();
    const write = writerOf(offer);
    await write(...numbered(1, 200));
    await log().getByText('INFO beam 200', { exact: true }).waitFor(wide);
    // A window that becomes taller is not the hand of a reader who goes up.
    await page.setViewportSize({ width: 1280, height: 500 });
    await page.setViewportSize({ width: 1280, height: 900 });
    await log().getByText('INFO beam 200', { exact: true }).waitFor(wide);
    expect(await button('Stop following the end').count()).toBe(1);
    // A reader who goes up is left there, and told how much came.
    await log().focus();
    await page.keyboard.press('g');
    await log().getByText('INFO beam 1', { exact: true }).waitFor(wide);
    await write(
      ...numbered(201, 100),
      { text: 'ERROR lamp 7 broke' },
      { text: 'odd', stream: 'stderr' },
    );
    await page.getByRole('button', { name: '102 new lines' }).click(wide);
    await log().getByText('ERROR lamp 7 broke').waitFor(wide);
    await log().focus();
    await page.keyboard.press('Space');
    await button('Follow the end').waitFor();
    await page.keyboard.press('Space');
    await button('Stop following the end').waitFor();
    // Levels and sources leave the others out, of lines that come as well.
    await page.getByRole('button', { name: /^Error 1/ }).click();
    await expect.poll(() => log().locator('.log-row').count(), wide).toBe(1);
    await write({ text: 'ERROR lamp 8 broke' }, { text: 'INFO all well' });
    await log().getByText('lamp 8 broke').waitFor(wide);
    expect(await log().locator('.log-row').count()).toBe(2);
    await page.getByRole('button', { name: /^Error 2/ }).click();
    await button('stderr').click();
    await expect.poll(() => log().locator('.log-text').allTextContents(), wide).toEqual(['odd']);
    await button('stderr').click();
    // Finding goes round, in words and expressions, and leaves the rest out where asked.
    const find = page.getByRole('textbox', { name: 'Find in the log' });
    await find.fill('LAMP');
    await page.getByText('2 lines', { exact: true }).waitFor(wide);
    await find.press('Enter');
    await page.getByText('1 of 2').waitFor();
    await find.press('Enter');
    await page.getByText('2 of 2').waitFor();
    await button('Match case').click();
    await page.getByText('0 lines', { exact: true }).waitFor(wide);
    await button('Match case').click();
    await button('Regular expression').click();
    await find.fill('lamp [78] br');
    await button('Show only lines with a hit').click();
    await expect.poll(() => log().locator('.log-row').count(), wide).toBe(2);
    const mark = log().locator('mark').first();
    await expect.poll(() => mark.textContent(), wide).toBe('lamp 7 br');
    await write({ text: 'INFO lamp 7 bright again' }, { text: 'INFO dark' });
    await expect.poll(() => log().locator('.log-row').count(), wide).toBe(3);
    await find.fill('(');
    await page.getByText('Not a valid expression').waitFor(wide);
    await find.fill('');
    await button('Show only lines with a hit').click();
    await button('Clear the view').click();
    await page.getByText('Cleared. New lines appear here.').waitFor(wide);
    await write({ text: 'INFO after the clearing' });
    await log().getByText('after the clearing').waitFor(wide);
    expect(await log().locator('.log-row').count()).toBe(1);
    await button('Clear the view').click();
    await end(offer);
    await page.locator('.log-connection[data-state=complete]').waitFor(wide);
    await inspectPage(page, 'job-logs');
  });

  it('[9.10] a hopeless expression is given up, and the page goes on', async () => {
    const jobId = await post();
    const offer = await take();
    await writerOf(offer)({ text: `${'a'.repeat(64)}!` }, { text: 'INFO fine' });
    await end(offer);
    await open(jobId);
    const find = page.getByRole('textbox', { name: 'Find in the log' });
    await button('Regular expression').click();
    await find.fill('(a+)+$');
    await page.getByText('The expression takes too long').waitFor(wide);
    await find.fill('f[i]ne');
    await page.getByText('1 line', { exact: true }).last().waitFor(wide);
  });

  it('[9.10] loses no line and doubles none while the marketplace is away', async () => {
    const jobId = await post();
    const offer = await take();
    const write = writerOf(offer);
    await write(...numbered(1, 30));
    await open(jobId);
    await log().getByText('INFO beam 30', { exact: true }).waitFor(wide);
    await market.restart();
    await write(...numbered(31, 30));
    await log().getByText('INFO beam 60', { exact: true }).waitFor(wide);
    await market.restart();
    await write(...numbered(61, 10));
    await log().getByText('INFO beam 70', { exact: true }).waitFor(wide);
    await log().focus();
    await page.keyboard.press('g');
    const find = page.getByRole('textbox', { name: 'Find in the log' });
    await find.fill('beam');
    await page.getByText('70 lines', { exact: true }).first().waitFor(wide);
    await end(offer);
    complaints.splice(0);
  });

  it('[9.10] opens at the lines of a link, and gives files and texts of lines', async () => {
    const jobId = await post();
    const offer = await take();
    await writerOf(offer)(
      ...numbered(1, 3_000).map((line, at) => ({
        text: at === 2_499 ? '\u001b[31mERROR\u001b[0m lamp out' : line.text,
      })),
    );
    await end(offer);
    await open(jobId, '#L1500-L1502');
    await rowOf(1_501).waitFor(wide);
    expect(await log().locator('.log-row[data-focus=line]').count()).toBe(3);
    await button('Jump to the first error').click();
    await rowOf(2_500).waitFor(wide);
    await log().locator('[data-seq="2501"]').click();
    await page.waitForURL(/#L2501$/);
    await log()
      .locator('[data-seq="2503"]')
      .click({ modifiers: ['Shift'] });
    await page.waitForURL(/#L2501-L2503$/);
    await page.getByText('Lines 2,501 to 2,503').waitFor();
    await page.getByRole('button', { name: /^Error 1/ }).click();
    await button('Download the log').click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Text', exact: true }).last().click(),
    ]);
    expect(await readFile(await file.path(), 'utf8')).toBe('ERROR lamp out\n');
    await page.getByRole('button', { name: /^Error 1/ }).click();
    await button('How lines are shown').click();
    await page.getByRole('menuitemradio', { name: 'Since the line before' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Wrap long lines' }).click();
    await page.keyboard.press('Escape');
    await log().locator('.log-time', { hasText: '+0.000' }).first().waitFor(wide);
    await button('Full screen').click();
    await page.locator('.log-viewer[data-full=true]').waitFor();
    await log().focus();
    await page.keyboard.press('G');
    await rowOf(3_000).waitFor(wide);
    await page.keyboard.press('Escape');
    await page.locator('.log-viewer[data-full=false]').waitFor();
  });

  it('[9.21] threat 15: a corpus of hostile lines is legible and inert', async () => {
    const jobId = await post();
    const offer = await take();
    await writerOf(offer)(...hostileLines);
    await end(offer);
    await page.evaluate("localStorage.removeItem('node3.log')");
    await open(jobId);
    const shown = async () => (await log().locator('.log-text').allTextContents()).join('\n');
    await expect.poll(shown, wide).toContain(hostileLines.at(-1)?.shows);
    const text = await shown();
    for (const { shows } of hostileLines) expect(text).toContain(shows);
    expect(invisible.test(text)).toBe(false);
    expect(await log().locator('img, svg, script, iframe, [onload], [onerror]').count()).toBe(0);
    const links = await log()
      .locator('a')
      .evaluateAll((all) =>
        all.map((one) => `${one.getAttribute('href')} ${one.getAttribute('rel')}`),
      );
    expect(links).toEqual(['https://ok.example/a?b=1 noopener noreferrer']);
    expect(await page.evaluate('top.name')).toBe('');
    expect(await page.title()).toContain('Night run');
    // No line is taller than one, whatever is piled up in it.
    const heights = await log()
      .locator('.log-row')
      .evaluateAll((all) => [...new Set(all.map((one) => one.clientHeight))]);
    expect(heights).toHaveLength(1);
    await button('Full screen').click();
    await inspectPage(page, 'job-logs-hostile');
    await button('Full screen').click();
  });

  it('[9.10] opens a log of a million lines and reaches its end, reading little of it', async () => {
    const jobId = await post();
    const offer = await take();
    const count = 1_000_000;
    const textOf = (seq: number) => `step ${seq} loss ${(1 / seq).toFixed(6)} of the long night`;
    await writeLog(agent.client, offer, { first: 1, count, atMs: 1_800_000_000_000, textOf });
    await end(offer);
    const asked: string[] = [];
    let bytes = 0;
    page.on('response', async (response) => {
      if (!response.url().includes(`${jobId}/logs?`)) return;
      asked.push(response.url());
      bytes += (await response.body().catch(() => Buffer.alloc(0))).length;
    });
    await open(jobId);
    await log().getByText('step 1 loss').waitFor(wide);
    await button('Jump to the end').first().click();
    await log().getByText(`step ${count} loss`).waitFor(wide);
    expect(await log().locator('.log-row').count()).toBeLessThan(150);
    expect(asked.length).toBeLessThanOrEqual(5);
    await expect.poll(() => bytes, wide).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThan(1_500_000);
    await page.goto(`${page.url().split('#')[0]}#L700000`);
    await page.reload();
    await rowOf(700_000).waitFor(wide);
    await log().focus();
    await page.keyboard.press('g');
    await rowOf(1).waitFor(wide);
  });

  it('never wrote an error to the console', () => {
    expect(complaints).toEqual([]);
  });
});
