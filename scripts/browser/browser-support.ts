import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustSkip } from '@node3/shared/testing/resources';
import { type Browser, type ConsoleMessage, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where test runs keep their pictures. */
export const pictureDir = join(root, 'test-output', 'screenshots');
export const dashboardDir = join(root, 'dashboard', 'dist');

const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine, or a printed reason why the suite is skipped. */
export function findChromium(): { program: string; skip: boolean } {
  const program = programs.find((path) => existsSync(path)) ?? null;
  const built = existsSync(join(dashboardDir, 'index.html'));
  const missing =
    program === null
      ? 'no Chromium is installed'
      : built
        ? null
        : 'the web app is not built; run npm run build';
  return { program: program ?? '', skip: mustSkip({ resource: 'chromium', missing }) };
}

/** `hosts`: names that lead to this machine, whatever a name server would say. */
export function launch(program: string, hosts: readonly string[] = []): Promise<Browser> {
  const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`).join(',');
  return chromium.launch({
    executablePath: program,
    args: [
      ...(rules === '' ? [] : [`--host-resolver-rules=${rules}`]),
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const widths = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
const schemes = ['light', 'dark'] as const;
/** Each width and each scheme once; all four with NODE3_PICTURES=all, for whoever looks at the pages. */
const usualPictures = new Set(['light-wide', 'dark-narrow']);
const takesAll = process.env['NODE3_PICTURES'] === 'all';

/**
 * Looks at the page as it is, wide and narrow, in both colour schemes: keeps a picture of each, and
 * fails where axe finds a barrier or the narrow page has to be scrolled sideways. `name` is the
 * pictures'.
 */
export async function inspectPage(page: Page, name: string): Promise<void> {
  mkdirSync(pictureDir, { recursive: true });
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // The app hears of it and renders anew, which takes a while on a busy machine.
    const shown = page.locator(`html[data-mantine-color-scheme=${colorScheme}]`);
    await shown.waitFor({ state: 'attached', timeout: 30_000 });
    for (const [width, size] of Object.entries(widths)) {
      await page.setViewportSize(size);
      await settle(page);
      const where = `${name}, ${width}, ${colorScheme}`;
      expect(await overhangs(page), `${where}: wider than the window`).toEqual([]);
      if (width === 'wide') {
        // Only colours differ between the schemes.
        const rules = colorScheme === 'dark' ? 'colours' : 'all';
        // An editor takes another scheme over some frames later: what stays is a barrier.
        const look = { timeout: 15_000, message: where };
        await expect.poll(() => findBarriers(page, rules), look).toEqual([]);
      }
      if (takesAll || usualPictures.has(`${colorScheme}-${width}`)) {
        await takePicture(page, size, `${name}-${colorScheme}-${width}.png`);
      }
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(widths.wide);
}

/** As tall as the page, so that bars that stick to the window's edges stand at the page's. */
async function takePicture(
  page: Page,
  size: { width: number; height: number },
  file: string,
): Promise<void> {
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  await page.setViewportSize({ width: size.width, height: Math.max(height, size.height) });
  await settle(page);
  await page.screenshot({ path: join(pictureDir, file) });
}

/** The elements that make the page wider than its window; none where it isn't. */
function overhangs(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .slice(0, 5)
      .map((element) => element.outerHTML.slice(0, 160));
  })()`);
}

/** A transition of a parent begins those of its children, so it takes some looks until none is left. */
const looksMax = 8;

/** Lets the page lay itself out and repaint before it is measured or pictured. */
async function settle(page: Page): Promise<void> {
  const frames = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';
  const ended = `(() => {
    const finite = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(finite.map((one) => one.finished)).then(() => finite.length === 0);
  })()`;
  for (let look = 0; look < looksMax; look += 1) {
    await page.evaluate(frames);
    if (await page.evaluate<boolean>(ended)) return;
  }
}

interface AxeNode {
  target: unknown[];
}

interface AxeWindow {
  axe: { run(options: object): Promise<{ violations: { id: string; nodes: AxeNode[] }[] }> };
}

const axeSource = readFileSync(join(root, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');
const axeRules = {
  all: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  colours: { type: 'rule', values: ['color-contrast'] },
};

/** What axe-core finds against WCAG 2.2 AA on the page as it is. */
export async function findBarriers(
  page: Page,
  rules: keyof typeof axeRules = 'all',
): Promise<string[]> {
  // The page's own policy forbids foreign scripts, so axe comes in through the debugger.
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) await page.evaluate(axeSource);
  return page.evaluate(async (runOnly) => {
    const { axe } = globalThis as unknown as AxeWindow;
    const { violations } = await axe.run({ runOnly, resultTypes: ['violations'] });
    return violations.map(
      ({ id, nodes }) => `${id} (${nodes.length}): ${String(nodes[0]?.target)}`,
    );
  }, axeRules[rules]);
}

/**
 * Whether a page complains. That interfaces of the machine come and go, as those of containers do beside this,
 * is none: the browser ends its connections then, and the page asks again.
 */
export function isComplaint(message: ConsoleMessage): boolean {
  return message.type() === 'error' && !message.text().includes('net::ERR_NETWORK_CHANGED');
}
