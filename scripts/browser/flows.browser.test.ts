import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import type { FlowGraph } from '@node3/shared/flow-graph';
import { type FlowRunState, isTerminalFlowRun } from '@node3/shared/flow-state';
import { createFlow } from '@node3/shared/routes/flows';
import { getRun, listRuns, startRun } from '@node3/shared/routes/redmind';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { dashboardDir, findChromium, inspectPage, isComplaint, launch } from './browser-support.ts';

const { program, skip } = findChromium();
const engine = await findTestEngine();

const waits = { timeout: 30_000 };
const hostile = '<img src=x onerror=top.name="pwned">';

/** Two steps side by side, of which one waits for a server that answers when the test says so. */
function graphOf(url: string): FlowGraph {
  return {
    start: 'in',
    nodes: [
      { id: 'in', type: 'input', label: 'Input' },
      // Has more time than a request: pages are looked at while it is held.
      { id: 'ask', type: 'llm', label: hostile, config: { url, allowErrorStatus: true } },
      { id: 'calm', type: 'transform', label: 'Calm', config: { value: { sum: 3 } } },
      { id: 'strict', type: 'http', label: 'Strict', config: { url } },
      { id: 'out', type: 'output', label: 'Result', config: { value: '{{steps.calm.sum}}' } },
    ],
    edges: [
      { id: '1', source: 'in', target: 'ask' },
      { id: '2', source: 'in', target: 'calm' },
      { id: '3', source: 'ask', target: 'strict' },
      { id: '4', source: 'strict', target: 'out' },
      { id: '5', source: 'calm', target: 'out' },
    ],
  };
}

describe.skipIf(skip || engine.skip)('flows and schedules in a real browser', () => {
  let network: DevNetwork;
  let requester: Requester;
  let browser: Browser;
  let page: Page;
  let server: Server;
  let target = '';
  const held: ServerResponse[] = [];
  let holds = true;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = createServer((_request, response) => {
      if (holds) held.push(response);
      else response.writeHead(503).end('not today');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const bash = await engine.prepareImage();
    network = await startDevNetwork({
      marketplace: {
        dashboardDir,
        flowAllow: { networks: ['127.0.0.0/8'], ports: 'any' },
        defaultImages: {
          container: bash,
          python: bash,
          javascript: bash,
          typescript: bash,
          bash,
        },
      },
    });
    const agent = await network.startAgent('weaver');
    await agent.ready();
    requester = await network.openRequester();
    browser = await launch(program);
    page = await browser.newPage();
    page.on('console', (message) => {
      if (isComplaint(message)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${network.marketplaceUrl}/flows#key=${requester.apiKey}`);
  });
  afterAll(async () => {
    for (const response of held) response.destroy();
    await browser?.close();
    await network?.stop();
    server?.close();
  });

  it('writes a flow with a job, runs it and sees its result', async () => {
    await page.getByRole('link', { name: 'Write the first one' }).click();
    await page.getByLabel('Name', { exact: true }).first().fill('Say a word');
    await inspectPage(page, 'flow-new');
    await page.getByRole('button', { name: 'Save flow' }).click();
    await page.getByRole('heading', { name: 'Say a word', level: 1 }).waitFor(waits);
    await inspectPage(page, 'flow');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const input = page.getByRole('dialog').getByRole('textbox', { name: 'Input' });
    await input.fill('{"word": "aurora"}');
    const price = 'Its job costs 0.001 SOL at most. The fee of the marketplace, 5 %, comes on top.';
    await expect.poll(() => page.getByTestId('run-price').textContent(), waits).toBe(price);
    await inspectPage(page, 'flow-run');
    await page.getByRole('button', { name: 'Start the run' }).click();
    await page.waitForURL(/\/runs\/run_/);
    const state = page.getByTestId('run-state');
    await expect.poll(() => state.textContent(), { timeout: 60_000 }).toContain('Completed');
    await page.getByTestId('run-cost').getByText('Charged: 0.00105 SOL').waitFor(waits);
    await page.getByLabel('Result', { exact: true }).getByText('aurora').last().waitFor(waits);
    await page.getByRole('button', { name: /Say it/ }).click();
    await page.getByRole('link', { name: 'Open the job' }).waitFor();
    const trace = page.getByRole('group', { name: /^Steps over time/ });
    await trace.getByText('Attempt 1, weaver').waitFor(waits);
    await inspectPage(page, 'run-trace');
    // A drag, and a key, show a part of the time; both have a button that shows all again.
    const whole = page.getByRole('button', { name: 'Whole run' });
    expect(await whole.isDisabled()).toBe(true);
    const box = (await page.locator('.trace-over').boundingBox()) ?? { x: 0, y: 0, width: 0 };
    await page.mouse.move(box.x + box.width * 0.2, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 10);
    await page.mouse.up();
    await whole.click();
    await trace.focus();
    await page.keyboard.press('+');
    expect(await whole.isDisabled()).toBe(false);
    await page.keyboard.press('0');
    expect(await whole.isDisabled()).toBe(true);
    const chosen = () => trace.locator('[data-selected=true]').textContent();
    const before = await chosen();
    await page.keyboard.press('ArrowUp');
    await expect.poll(chosen).not.toBe(before);
  });

  it('[9.11] shows the active step, what is finished and the error of one step, as text', async () => {
    const { flowId } = await requester.client.call(createFlow, {
      body: { name: 'Two ways', graph: graphOf(target) },
    });
    const { runId } = await requester.client.call(startRun, { body: { flow_id: flowId } });
    await page.goto(`${network.marketplaceUrl}/runs/${runId}`);
    const steps = page.getByRole('listitem');
    await steps.filter({ hasText: 'Calm' }).getByText('Completed').waitFor(waits);
    const active = page.locator('[aria-current=step]');
    await active.getByText(hostile).waitFor(waits);
    await steps.filter({ hasText: 'Strict' }).getByText('Waiting').waitFor();
    await inspectPage(page, 'run-active');
    await expect.poll(() => held.length, waits).toBe(1);
    holds = false;
    held.pop()?.writeHead(404).end('missing');
    const state = page.getByTestId('run-state');
    await expect.poll(() => state.textContent(), waits).toContain('Failed');
    await steps.filter({ hasText: 'Strict' }).getByText('Failed').waitFor();
    await steps.filter({ hasText: 'Result' }).getByText('Skipped').waitFor();
    const { error } = await requester.client.call(getRun, { params: { runId } });
    await page
      .getByRole('alert')
      .getByText(error?.message ?? '?')
      .first()
      .waitFor();
    expect(await page.locator('img[src=x]').count()).toBe(0);
    await inspectPage(page, 'run-failed');
  });

  it('cancels a run after asking, and runs it again from a step', async () => {
    holds = true;
    const { runId } = await requester.client.call(startRun, { body: { flow: graphOf(target) } });
    await page.goto(`${network.marketplaceUrl}/runs/${runId}`);
    await page.getByRole('button', { name: 'Cancel run' }).click();
    await page.getByRole('button', { name: 'Yes, cancel the run' }).click();
    const state = page.getByTestId('run-state');
    await expect.poll(() => state.textContent(), waits).toContain('Cancelled');
    await page.getByRole('button', { name: /Calm/ }).click();
    await page.getByRole('button', { name: 'Run again from here' }).click();
    await page.getByRole('link', { name: /Again after/ }).waitFor(waits);
    await page.goto(`${network.marketplaceUrl}/runs`);
    await page.getByText('Cancelled').first().waitFor(waits);
    await page.getByRole('checkbox', { name: 'Select all rows' }).check();
    await inspectPage(page, 'runs');
    const { data } = await requester.client.call(listRuns, { query: {} });
    await page.getByRole('button', { name: /^Run again \(\d+\)$/ }).click();
    await page.getByRole('button', { name: /^Yes, run/ }).click();
    const became = page.getByRole('dialog', { name: 'What became of them' });
    await became.getByRole('status').waitFor(waits);
    await inspectPage(page, 'runs-again');
    await became.getByRole('button', { name: 'Close' }).last().click();
    const again = await requester.client.call(listRuns, { query: {} });
    const isOver = ({ status }: { status: FlowRunState }) => isTerminalFlowRun(status);
    expect(again.data.length).toBe(data.length + data.filter(isOver).length);
  });

  it('makes a schedule, pauses it and removes it, in Spanish', async () => {
    await page.goto(`${network.marketplaceUrl}/schedules?lang=es`);
    await page.getByRole('link', { name: 'Crea la primera' }).click();
    await page.getByLabel('Nombre', { exact: true }).fill('Cada noche');
    await page.getByRole('textbox', { name: 'Cuándo' }).fill('61 2 * * *');
    await page
      .getByRole('status')
      .getByText(/minute/i)
      .waitFor(waits);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('422')]);
    await page.getByText('Laborables a las 9').click();
    await page.getByRole('status').getByRole('listitem').first().waitFor(waits);
    await inspectPage(page, 'schedule-new');
    await page.getByRole('button', { name: 'Crear la programación' }).click();
    await page.getByRole('heading', { name: 'Cada noche', level: 1 }).waitFor(waits);
    await page.getByRole('button', { name: 'Pausar' }).click();
    await page.getByRole('button', { name: 'Reanudar' }).waitFor(waits);
    await page.getByRole('button', { name: 'Cambiar' }).click();
    const form = page.getByRole('form', { name: 'Cambiar' });
    await form.getByRole('textbox', { name: 'Cuándo' }).fill('@weekly');
    await inspectPage(page, 'schedule-edit');
    await form.getByRole('button', { name: 'Guardar los cambios' }).click();
    await page.getByText('@weekly', { exact: true }).waitFor(waits);
    await inspectPage(page, 'schedule');
    await page.getByRole('link', { name: 'Programaciones' }).first().click();
    await page.getByRole('link', { name: 'Cada noche' }).waitFor(waits);
    await inspectPage(page, 'schedules');
    await page.getByRole('link', { name: 'Cada noche' }).click();
    await page.getByRole('button', { name: 'Eliminar' }).click();
    await page.getByRole('button', { name: 'Sí, eliminar la programación' }).click();
    await page.getByRole('link', { name: 'Crea la primera' }).waitFor(waits);
  });

  it('never wrote an error to the console', () => {
    expect(complaints).toEqual([]);
  });
});
