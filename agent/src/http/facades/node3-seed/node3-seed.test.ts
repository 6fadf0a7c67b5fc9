import { request as send } from 'node:http';
import {
  seedAgentEarnings,
  seedAgentJobs,
  seedAgentStart,
  seedAgentStatus,
} from '@node3/shared/routes/node3-agent';
import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Agent } from '../../../agent.ts';
import { outcome, readStatus, TestMachine } from '../../../testing/test-agent.ts';

let machine: TestMachine;
let agent: Agent;
const within = { timeout: 10_000, interval: 10 };
const board = { available: [], accepted: [] };

/** The marketplace's lists in the seed's words, which the fake one does not have. */
const fetchWithLists: typeof fetch = async (input, init) => {
  const { origin, pathname } = new URL(input instanceof Request ? input.url : input);
  if (origin !== machine.marketplace.url) return fetch(input, init);
  if (pathname === '/api/jobs') return Response.json(board);
  if (pathname === '/api/marketplace/agents') throw new Error('cut off');
  return fetch(input, init);
};

beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
  agent = await machine.boot({}, { fetch: fetchWithLists });
  await agent.ready();
});
afterEach(async () => machine.tearDown());

async function read(path: string, contract: { schema: { response: { 200: TSchema } } }) {
  const body: unknown = await (await fetch(agent.url + path)).json();
  expect(Check(contract.schema.response[200], body), JSON.stringify(body)).toBe(true);
  return body;
}

const authorized = (): Record<string, string> => ({ authorization: `Bearer ${agent.token}` });

/** As curl does it: without a body and without a type. */
function post(path: string, headers = authorized()): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const request = send(agent.url + path, { method: 'POST', headers }, (response) => {
    let text = '';
    response.on('data', (part) => (text += String(part)));
    response.on('end', () => resolve(JSON.parse(text)));
  });
  request.on('error', reject);
  request.end();
  return promise;
}

describe('the API of the node3 seed’s agent', () => {
  it('[8.08] tells of devices, work and money in its words', async () => {
    const gpu = { resources: { gpus: { count: 1 } } };
    const deviceIds = (await readStatus(agent)).devices.map(({ id }) => id);
    const status = await read('/api/status', seedAgentStatus);
    expect(status).toMatchObject({
      gpus: [{ index: 0, vendor: 'simulated', gpu_type: 'simulated', metrics_accurate: false }],
      active_jobs: 0,
      wallet_address: agent.wallet,
      balance: null,
      status: 'running',
    });
    const labels = { 'node3/job_type': 'inference' };
    const executionId = machine.marketplace.post({ ...gpu, labels }, { deviceIds });
    machine.programEnd(executionId, outcome());
    const failed = machine.marketplace.post({ name: 'sweep' });
    machine.programEnd(failed, outcome({ exitCode: 2, reason: 'nonzero_exit' }));
    await vi.waitFor(async () => {
      const { jobs } = (await read('/api/jobs', seedAgentJobs)) as { jobs: unknown[] };
      expect(jobs).toMatchObject([
        { job_type: 'container', status: 'failed', reward: 0.01, duration: 1.5 },
        { job_type: 'inference', status: 'completed', reward: 0.01, duration: 1.5 },
      ]);
      expect(await read('/api/earnings', seedAgentEarnings)).toEqual({
        total_earnings: 0,
        today_earnings: 0,
        completed_jobs: 2,
        failed_jobs: 0,
      });
    }, within);
  });

  it('[5.11] [8.08] stops and starts, which outlives a restart', async () => {
    expect(await post('/api/start')).toEqual({ status: 'already_running' });
    expect(await post('/api/stop')).toEqual({ status: 'stopped' });
    expect(await read('/api/status', seedAgentStatus)).toMatchObject({ status: 'stopped' });
    await agent.stop();
    agent = await machine.boot();
    await agent.ready();
    expect(await read('/api/status', seedAgentStatus)).toMatchObject({ status: 'stopped' });
    expect(await post('/api/start')).toEqual({ status: 'started' });
    expect(Check(seedAgentStart.schema.response[200], { status: 'started' })).toBe(true);
  });

  it('starts and stops without the token only where the provider allows it', async () => {
    const refused = { code: 'AGENT_TOKEN_REQUIRED' };
    expect(await post('/api/stop', {})).toMatchObject(refused);
    expect(await readStatus(agent)).toMatchObject({ state: 'idle', problems: [] });
    await agent.stop();
    agent = await machine.boot({ seedApiOpen: true });
    await agent.ready();
    expect(await post('/api/stop', {})).toEqual({ status: 'stopped' });
    expect(await readStatus(agent)).toMatchObject({ problems: [{ code: 'seed-api-open' }] });
  });

  it('[8.08] asks the marketplace for its lists, and says when that does not answer', async () => {
    expect(await (await fetch(`${agent.url}/api/marketplace/jobs`)).json()).toEqual({
      jobs: [],
      ...board,
    });
    const agents = await fetch(`${agent.url}/api/marketplace/agents`);
    expect(agents.status).toBe(503);
    expect(await agents.json()).toMatchObject({ code: 'MARKETPLACE_UNREACHABLE' });
  });

  it('sends the status again and again on its socket', async () => {
    const bodies: unknown[] = [];
    const socket = new WebSocket(`${agent.url.replace('http', 'ws')}/ws`, {
      headers: { origin: agent.url },
    });
    socket.addEventListener('message', ({ data }) => bodies.push(JSON.parse(String(data))));
    await vi.waitFor(() => expect(bodies.length).toBeGreaterThan(1), within);
    for (const body of bodies) {
      expect(Check(seedAgentStatus.schema.response[200], body)).toBe(true);
    }
    await post('/api/stop');
    await vi.waitFor(() => expect(bodies.at(-1)).toMatchObject({ status: 'stopped' }), within);
    socket.close();
  });
});
