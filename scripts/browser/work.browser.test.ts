import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { outcome } from '@node3/agent/testing/test-agent';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { deviceThatMeasures, measuredDetector } from '../measured-detector.ts';
import { dashboardDir, findChromium, inspectPage, isComplaint, launch } from './browser-support.ts';

const { program, skip } = findChromium();
const wide = { timeout: 30_000 };

/** Every run prints one line, answers JSON and succeeds. */
function greetingExecutor(): FakeExecutor {
  const executor = new FakeExecutor();
  executor.programProbe({ available: true, problems: [], isolationEffective: null });
  const text = 'Hello from the lighthouse';
  executor.program('*', {
    prepare: { imageId: 'sha256:1', imageDigest: null, sizeBytes: 1, pulled: false },
    start: { startedAtMs: Date.now() },
    lines: [{ stream: 'stdout', atMs: Date.now(), text, continued: false }],
    outcome: outcome({ output: { answer: 42 } }),
  });
  return executor;
}

describe.skipIf(skip)('new work in a real browser', () => {
  let network: DevNetwork;
  let requester: Requester;
  let browser: Browser;
  let page: Page;
  /** A job that another one comes after. */
  let dependency = '';
  const complaints: string[] = [];

  beforeAll(async () => {
    network = await startDevNetwork({ marketplace: { dashboardDir } });
    requester = await network.openRequester();
    browser = await launch(program);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(wide.timeout);
    page.on('console', (message) => {
      if (isComplaint(message)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${network.marketplaceUrl}/code#key=${requester.apiKey}`);
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  const field = (name: string) => page.getByLabel(name, { exact: true });
  const choose = async (name: string, option: string) => {
    await page.getByRole('combobox', { name, exact: true }).click();
    await page.getByRole('option', { name: option }).first().click();
  };
  const tag = async (name: string, value: string) => {
    await field(name).first().fill(value);
    await field(name).first().press('Enter');
  };
  const add = (name: string) => page.getByRole('button', { name, exact: true }).click();

  it('[9.04] sends every field of the five sections', async () => {
    // Without any agent nobody can say yet that no agent could ever run it.
    dependency = (await requester.client.call(createJob, { body: firstJob })).jobId;
    await page.goto(`${network.marketplaceUrl}/dashboard/compute/new`);
    await page.waitForURL(/\/jobs\/new/);
    await field('Name').fill('All fields');
    await page.getByText('Advanced', { exact: true }).click();
    await add('Add a label');
    await field('Name 1').fill('team');
    await field('Value 1').fill('vision');
    await field('Code').fill('print(42)');
    await field('Input').fill('{"epochs": 3}');
    await field('Container image').fill('python:3.12-slim');
    await add('Add a variable');
    await field('Name 1').last().fill('EPOCHS');
    await field('Value 1').last().fill('3');
    await add('Add a secret');
    await field('Name of secret 1').fill('API_TOKEN');
    await field('Value of secret 1').fill('hunter2-hunter2');
    await uploadOne();
    await page.getByText('These files', { exact: true }).click();
    await add('Add an output');
    await field('Path of output 1 below /output').fill('model.bin');
    await tag('Hosts it may reach', 'huggingface.co');
    await fillResources();
    await fillPreferences();
    await inspectPage(page, 'new-job');
    await page.getByRole('tab', { name: 'YAML' }).click();
    const yaml = page.getByTestId('as-yaml');
    expect(await yaml.textContent()).toContain('memoryBytesMin: 16000000000');
    expect(await yaml.textContent()).not.toContain('hunter2');
    await page.getByRole('button', { name: 'Run async' }).click();
    await page.waitForURL(/\/jobs\/job_/);
    const jobId = page.url().split('/').at(-1) ?? '';
    const { spec, name } = await requester.client.call(getJob, { params: { jobId } });
    expect(name).toBe('All fields');
    expect(spec).toMatchObject(wantedSpec(dependency));
  });

  it('[9.05] [9.07] [9.08] runs code and shows its price before, its output and the newest jobs', async () => {
    await startLighthouse();
    await page.goto(`${network.marketplaceUrl}/code`);
    await page.getByRole('heading', { name: 'Code', level: 1 }).waitFor();
    const quote = page.getByTestId('quote');
    await expect.poll(() => quote.textContent(), wide).toContain('0.00105 SOL');
    expect(await page.getByTestId('balance-available').textContent()).toContain('5 SOL');
    await page.getByRole('button', { name: 'Run sync' }).click();
    const state = page.getByTestId('run-state');
    await expect.poll(() => state.textContent(), wide).toContain('Succeeded');
    await page.getByRole('log').getByText('Hello from the lighthouse').waitFor();
    const newest = page.locator('.work-recent').getByRole('listitem').first();
    await expect.poll(() => newest.textContent(), wide).toContain('Succeeded');
    await inspectPage(page, 'code');
  });

  it('[9.06] highlights code, follows the language with its example, and lets the keyboard out', async () => {
    await page.goto(`${network.marketplaceUrl}/code?lang=es`);
    const code = page.getByRole('textbox', { name: 'Código' });
    await page.getByRole('button', { name: 'Empezar de nuevo' }).click();
    await page.locator('.code-keyword', { hasText: 'import' }).waitFor();
    await page.getByRole('combobox', { name: 'Lenguaje' }).click();
    await page.getByRole('option', { name: 'TypeScript' }).click();
    await expect.poll(() => code.textContent(), wide).toContain('n: number');
    await page.locator('.code-type', { hasText: 'number' }).first().waitFor();
    await code.click();
    await page.keyboard.press('Tab');
    expect(await isFocused(page)).toBe(true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await isFocused(page)).toBe(false);
    await page.goto(`${network.marketplaceUrl}/code?lang=en`);
  });

  it('says what excludes every agent, and relaxes it', async () => {
    await forgetDraft(page);
    await page.goto(`${network.marketplaceUrl}/jobs/new`);
    await field('CPU cores').fill('200');
    await page.getByText('No agent can run this now').waitFor();
    await page.getByRole('button', { name: /processors = / }).click();
    expect(Number(await field('CPU cores').inputValue())).toBeLessThan(200);
    const matching = page.getByTestId('agents-matching');
    await expect.poll(() => matching.textContent(), wide).toContain('1, 1 free');
  });

  it('keeps a job as template and as snippet, and runs the snippet', async () => {
    await forgetDraft(page);
    await page.goto(`${network.marketplaceUrl}/jobs/new`);
    await field('Name').fill('Kept work');
    await field('Code').fill('print("Hello {{who}}", f"{{{{kept}}}}")');
    await page.getByRole('button', { name: 'Save as template' }).click();
    const who = page.getByRole('group', { name: '{{who}}' });
    await who.getByLabel('Description').fill('Whom to greet');
    await who.getByLabel('Default').fill('world');
    const kept = page.getByRole('group', { name: '{{kept}}' });
    await kept.getByRole('combobox', { name: 'What it is' }).click();
    await page.getByRole('option', { name: 'Nothing: it stays as it is' }).click();
    await inspectPage(page, 'save-template');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The template is saved.').waitFor();
    await page.getByRole('button', { name: 'Save as snippet' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The snippet is saved.').waitFor();
    await page.goto(`${network.marketplaceUrl}/templates`);
    await page.getByRole('link', { name: /^Use / }).first().waitFor();
    await inspectPage(page, 'templates');
    await page.getByRole('tab', { name: 'Your templates' }).click();
    await page.getByRole('link', { name: 'Kept work' }).click();
    await page.getByRole('heading', { name: 'Kept work', level: 1 }).waitFor();
    await inspectPage(page, 'template');
    await page.getByRole('link', { name: 'Use', exact: true }).click();
    expect(await field('who').inputValue()).toBe('world');
    await field('who').fill('moon');
    await page.getByRole('button', { name: 'Fill the form' }).click();
    await expect
      .poll(() => field('Code').textContent(), wide)
      .toContain('print("Hello moon", f"{{{{kept}}}}")');
    await page.goto(`${network.marketplaceUrl}/snippets`);
    await page.getByRole('link', { name: 'Kept work' }).click();
    await page.getByRole('heading', { name: 'Kept work', level: 1 }).waitFor();
    await inspectPage(page, 'snippet');
    await page.getByRole('link', { name: 'Run', exact: true }).click();
    await page.getByText('Runs this snippet:').waitFor();
    await page.getByRole('button', { name: 'Run async' }).click();
    await page.waitForURL(/\/jobs\/job_/);
    await page.getByRole('heading', { name: 'Kept work', level: 1 }).waitFor();
  });

  it('imports a document after showing what it would post', async () => {
    await page.goto(`${network.marketplaceUrl}/jobs/import`);
    await page.getByLabel('Text of the document').fill('docker run --gpus 64 "$IMAGE"');
    await page.getByRole('button', { name: 'Try without posting' }).click();
    await page.getByText('which stands for what your shell knows').waitFor();
    expect(await page.getByText('/IMAGE', { exact: true }).count()).toBe(0);
    // A browser complains of each refusal; this one was meant.
    await expect.poll(() => complaints.splice(0), wide).toEqual([expect.stringContaining('422')]);
    await page.getByLabel('Text of the document').fill('docker run --gpus 8 alpine true');
    await page.getByRole('button', { name: 'Try without posting' }).click();
    await page.getByText('No registered agent could ever run this job').waitFor();
    expect(await page.getByRole('button', { name: 'Post them all' }).isDisabled()).toBe(true);
    await page.getByLabel('Text of the document').fill(JSON.stringify(nosanaJob));
    await page.getByRole('button', { name: 'Try without posting' }).click();
    await page.getByRole('status').getByText('1 job').waitFor();
    await inspectPage(page, 'import');
    await page.getByRole('button', { name: 'Post them all' }).click();
    await page.getByRole('heading', { name: 'Posted' }).waitFor();
    const link = page.getByRole('listitem').getByRole('link', { name: 'hello' });
    expect(await link.getAttribute('href')).toMatch(/\/jobs\/job_/);
  });

  it('causes no error in the console', () => {
    expect(complaints).toEqual([]);
  });

  async function startLighthouse() {
    const device = { ...deviceThatMeasures, model: 'Simulated RTX 4090', modelId: 'rtx-4090' };
    const agent = await network.startAgent('lighthouse', {
      config: { cpus: 8, memoryBytes: 32 * 1024 ** 3 },
      parts: {
        createDetectors: () => [measuredDetector(device)],
        createExecutors: () => [greetingExecutor()],
      },
    });
    await agent.ready();
  }

  async function uploadOne() {
    await add('Add a file');
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose a file' }).click(),
    ]);
    await chooser.setFiles({
      name: 'data.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('a,b\n'),
    });
    const id = page.getByLabel('Id of the upload of file 1');
    await expect.poll(() => id.inputValue(), wide).toMatch(/^art_/);
    expect(await page.getByLabel('Path of file 1 below /input').inputValue()).toBe('data.csv');
  }

  async function fillResources() {
    await choose('GPU', 'Any GPU');
    await field('GPU in one line').fill('nvidia:rtx-4090:16GB..:cc8.6:cuda');
    await field('GPU in one line').press('Enter');
    await field('CPU cores').fill('2');
    await field('Memory').fill('2GiB');
    await field('Storage').fill('3GB');
    await field('Shared memory').fill('128MiB');
    await choose('Architecture', 'x86_64');
    await field('Timeout in seconds').fill('120');
    await field('Longest wait').fill('900');
    await field('Longest image pull').fill('300');
    await field('Longest silence').fill('60');
    await field('Log limit').fill('1MiB');
  }

  async function fillPreferences() {
    await page.getByText('Spot', { exact: true }).click();
    await tag('Provider', requester.wallet.address);
    await tag('Providers left out', '11111111111111111111111111111111');
    await tag('Region', 'eu');
    await choose('Priority', 'High');
    await field('Attempts').fill('2');
    await choose('Retry after', 'platform');
    await page.keyboard.press('Escape');
    await choose('Which agent is taken', 'The cheapest');
    await choose('Isolation, at least', 'Sandbox');
    await tag('Agents', 'agt_one');
    await tag('Agents left out', 'agt_two');
    await add('Add a label of agents');
    await field('Name 1').last().fill('rack');
    await field('Value 1').last().fill('7');
    await add('Add a job');
    await field('Id of job 1').fill(dependency);
    await field('Reuse a result').fill('600');
    await field('Also of an image that a tag names').check();
    await page.getByText('By run time', { exact: true }).click();
    await field('Ceiling per GPU hour').fill('0.5');
    await field('Cap').fill('0.25');
  }
});

const firstJob = {
  workload: { kind: 'script', language: 'python', code: 'print(1)' },
  price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
} as const;

const nosanaJob = {
  version: '0.1',
  type: 'container',
  meta: { trigger: 'cli' },
  ops: [
    {
      type: 'container/run',
      id: 'hello',
      args: { cmd: 'echo hello', image: 'alpine:3.20' },
    },
  ],
};

/** As a browser that never saw the form. */
function forgetDraft(page: Page): Promise<void> {
  return page.evaluate<void>("localStorage.removeItem('node3.draft.job')");
}

/** Whether the focus is in an editor. */
function isFocused(page: Page): Promise<boolean> {
  return page.evaluate<boolean>("document.activeElement?.closest('.code-editor-frame') !== null");
}

/** What the API has to say of the job that the test fills in. */
function wantedSpec(dependency: string) {
  return {
    labels: { team: 'vision' },
    priority: 'high',
    workload: {
      kind: 'script',
      language: 'python',
      code: 'print(42)',
      input: { epochs: 3 },
      image: 'python:3.12-slim',
      env: { EPOCHS: '[hidden]' },
    },
    secrets: { API_TOKEN: 'env' },
    inputs: [{ path: 'data.csv', source: { kind: 'artifact' } }],
    outputs: [{ path: 'model.bin' }],
    network: { kind: 'egress', hosts: ['huggingface.co'] },
    resources: {
      gpus: {
        count: 1,
        vendor: 'nvidia',
        models: ['rtx-4090'],
        memoryBytesMin: 16e9,
        computeCapabilityMin: '8.6',
        framework: 'cuda',
      },
      cpus: 2,
      memoryBytes: 2 * 1024 ** 3,
      diskBytes: 3e9,
      shmBytes: 128 * 1024 ** 2,
      arch: 'x64',
    },
    limits: { runSec: 120, queueSec: 900, pullSec: 300, progressSec: 60, logBytes: 1024 ** 2 },
    placement: {
      interruptible: true,
      providers: [expect.stringMatching(/^[1-9A-Za-z]{32,44}$/)],
      providersBlocked: ['11111111111111111111111111111111'],
      regions: ['eu'],
      strategy: 'cheapest',
      isolationMin: 'sandbox',
      agents: ['agt_one'],
      agentsBlocked: ['agt_two'],
      labels: { rack: '7' },
    },
    retry: { attemptsMax: 2, on: ['platform'] },
    after: [{ jobId: dependency, condition: 'succeeded' }],
    cache: { maxAgeSec: 600, anyTag: true },
    price: {
      kind: 'metered',
      bidPerGpuHour: { amount: '0.5', asset: 'SOL' },
      cap: { amount: '0.25', asset: 'SOL' },
    },
  };
}
