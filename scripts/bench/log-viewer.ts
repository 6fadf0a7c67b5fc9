import { testAgentCalls } from '@node3/marketplace/testing/test-agent';
import { registerTestAgent, testJob } from '@node3/marketplace/testing/test-marketplace';
import { createClient } from '@node3/shared/client';
import { createJob } from '@node3/shared/routes/jobs';
import type { Browser, Page } from 'playwright-core';
import { dashboardDir, findChromium, launch } from '../browser/browser-support.ts';
import { buildDashboard } from '../build-dashboard.ts';
import { type DevNetwork, startDevNetwork } from '../dev-network.ts';
import type { BenchOptions } from './core.ts';
import { type Measurement, median } from './report.ts';
import { writeLog } from './write-log.ts';

const lineCount = 1_000_000;
const textOf = (seq: number) => `INFO step ${seq} loss ${(1 / seq).toFixed(6)} of the long night`;

/** Milliseconds. */
interface Round {
  tabMs: number;
  openMs: number;
  emptyMs: number;
  endMs: number;
  /** The last lines. */
  fetchMs: number;
  /** The first ones. */
  firstMs: number;
}

interface Jobs {
  apiKey: string;
  /** One that wrote nothing. */
  empty: string;
  long: string;
}

/**
 * How long a person waits for a log of a million lines: from a click on its tab to its first line, beside a
 * bare fetch of its first lines; from opening its page, with nothing of the app kept, to its first line,
 * beside the same page of a job without output; and from the End key to the last line, beside a bare fetch
 * of the last lines. The real marketplace, in a real Chromium.
 */
export async function benchLogViewer({ rounds, say }: BenchOptions): Promise<Measurement[]> {
  await buildDashboard(say);
  const { program, skip } = findChromium();
  if (skip) return measurementsOf([], 'no Chromium is installed');
  const network = await startDevNetwork({
    marketplaceIn: 'child',
    childEnv: { UNITS_PER_MINUTE: '0', DASHBOARD_DIR: dashboardDir },
  });
  const browser = await launch(program);
  try {
    say(`a log of ${lineCount.toLocaleString('en')} lines is written …`);
    const jobs = await postJobs(network);
    const found: Round[] = [];
    for (let round = 0; round < rounds; round += 1) {
      say(`log viewer, round ${round + 1} of ${rounds} …`);
      found.push(await openOnce(browser, network.marketplaceUrl, jobs));
    }
    return measurementsOf(found, 'no round was run');
  } finally {
    await browser.close();
    await network.stop();
  }
}

/** Two jobs that ended: one with a long log and one with none. */
async function postJobs(network: DevNetwork): Promise<Jobs> {
  const { client, apiKey } = await network.openRequester();
  const url = network.marketplaceUrl;
  const agent = await registerTestAgent({ anonymous: createClient({ baseUrl: url }), url });
  const calls = testAgentCalls(agent.client);
  async function run(lines: number): Promise<string> {
    const limits = { logBytes: 256 * 1024 * 1024 };
    const { jobId } = await client.call(createJob, { body: testJob({ limits }) });
    const offer = await calls.offer();
    await calls.run(offer);
    await writeLog(agent.client, offer, { first: 1, count: lines, atMs: Date.now(), textOf });
    await calls.report(offer, { logLines: lines });
    return jobId;
  }
  return { apiKey, empty: await run(0), long: await run(lineCount) };
}

/** Each page in a window of its own, which has nothing of the app yet. */
async function openOnce(browser: Browser, url: string, jobs: Jobs): Promise<Round> {
  const addressOf = (jobId: string) => `${url}/jobs/${jobId}/logs#key=${jobs.apiKey}`;
  const empty = await openPage(browser, addressOf(jobs.empty));
  const emptyMs = await shownMs(empty, '.log-empty', 'output');
  await empty.context().close();
  const page = await openPage(browser, addressOf(jobs.long));
  const openMs = await shownMs(page, '.log-row', textOf(1));
  const fetchMs = await fetchLines(page, jobs, lineCount - linesRead);
  const firstMs = await fetchLines(page, jobs, 0);
  await page.getByRole('log').focus();
  await page.keyboard.press('End');
  const endMs = await shownMs(page, '.log-row', textOf(lineCount));
  await page.context().close();
  const tabMs = await openTab(browser, `${url}/jobs/${jobs.long}#key=${jobs.apiKey}`);
  return { tabMs, openMs, emptyMs, endMs, fetchMs, firstMs };
}

/** From the page of the job, as somebody comes who looks at it. */
async function openTab(browser: Browser, address: string): Promise<number> {
  const page = await openPage(browser, address);
  await page.getByRole('tab', { name: 'Logs' }).click();
  const tabMs = await shownMs(page, '.log-row', textOf(1));
  await page.context().close();
  return tabMs;
}

/** Runs in the page before anything of the app: when something was last pressed, and when a text is seen. */
const watch = `
  window.pressedMs = 0;
  for (const type of ['keydown', 'pointerdown']) {
    addEventListener(type, (event) => (window.pressedMs = event.timeStamp), true);
  }
  window.shown = async (within, text) => {
    const isThere = () =>
      [...document.querySelectorAll(within)].some((one) => one.textContent.includes(text));
    while (!isThere()) await new Promise(requestAnimationFrame);
    // The frame that was under way has been painted when the next one begins.
    await new Promise(requestAnimationFrame);
    return performance.now() - window.pressedMs;
  };
`;

async function openPage(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watch);
  // Times count from here on: a page's clock begins when it is opened.
  await page.goto(address, { waitUntil: 'commit' });
  return page;
}

/** From the last press, or else from opening the page, to the frame after the text was there. */
function shownMs(page: Page, within: string, text: string): Promise<number> {
  return page.evaluate<number>(`shown(${JSON.stringify(within)}, ${JSON.stringify(text)})`);
}

const linesRead = 1_000;

/** Lines as the viewer reads them, by a bare request of the same browser. */
function fetchLines(page: Page, { apiKey, long }: Jobs, after: number): Promise<number> {
  const path = `/api/v1/jobs/${long}/logs?after=${after}&until=${after + linesRead}&limit=${linesRead}`;
  return page.evaluate<number>(`(async () => {
    const startMs = performance.now();
    const headers = { authorization: 'Bearer ${apiKey}', accept: 'application/json' };
    await (await fetch(${JSON.stringify(path)}, { headers, cache: 'no-store' })).text();
    return performance.now() - startMs;
  })()`);
}

const figures = [
  {
    name: 'a log of a million lines, from a click on its tab to its first line',
    max: 1_000,
    valueOf: (round: Round) => round.tabMs,
    bareOf: (round: Round) => round.firstMs,
    bare: 'a bare fetch of the same lines',
  },
  {
    name: 'a log of a million lines, from opening its page, nothing of the app kept, to its first line',
    max: null,
    valueOf: (round: Round) => round.openMs,
    bareOf: (round: Round) => round.emptyMs,
    bare: 'the same page of a job without output',
  },
  {
    name: 'a log of a million lines, from the End key to its last line',
    max: 300,
    valueOf: (round: Round) => round.endMs,
    bareOf: (round: Round) => round.fetchMs,
    bare: 'a bare fetch of the same lines',
  },
];

function measurementsOf(rounds: readonly Round[], whyNot: string): Measurement[] {
  return figures.map(({ name, max, valueOf, bareOf, bare }) => {
    const target = max === null ? 'none' : `≤ ${max}`;
    if (rounds.length === 0) {
      return { name, value: null, unit: 'ms', target, passed: null, note: whyNot };
    }
    const values = rounds.map(valueOf);
    const value = median(values);
    const reference = median(rounds.map(bareOf));
    const spread = `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)} ms`;
    const note = `${spread}; bare: ${bare}, ${reference.toFixed(0)} ms`;
    const passed = max === null ? null : value <= max;
    return { name, value, unit: 'ms', target, passed, reference, note };
  });
}
