import type { ArgsOf, ReplyOf, RouteContract } from '@node3/shared/contract';
import {
  getHostReading,
  getTelemetryHistory,
  listGpuProcesses,
  listLocalDevices,
} from '@node3/shared/routes/agent-devices';
import { getLocalEarnings, listLocalExecutions } from '@node3/shared/routes/agent-local';
import { getLocalWallet, listEarningDays } from '@node3/shared/routes/agent-money';
import {
  getDoctorReport,
  getLocalSettings,
  readAgentLog,
  startDoctor,
} from '@node3/shared/routes/agent-upkeep';
import { getLocalExecution, stopLocalExecution } from '@node3/shared/routes/agent-work';
import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Agent } from '../agent.ts';
import { clientOf, outcome, readStatus, TestMachine } from '../testing/test-agent.ts';

let machine: TestMachine;
let agent: Agent;
const within = { timeout: 10_000, interval: 10 };

beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
  agent = await machine.boot();
  await agent.ready();
});
afterEach(() => machine.tearDown());

/** As its contract says. */
async function ask<C extends RouteContract>(contract: C, args: ArgsOf<C>): Promise<ReplyOf<C>> {
  const reply = await clientOf(agent).call(contract, args);
  const schemas: Record<number, TSchema | undefined> = contract.schema.response;
  const schema = schemas[200] ?? schemas[202];
  expect(schema !== undefined && Check(schema, reply), JSON.stringify(reply)).toBe(true);
  return reply;
}

it('tells of devices, money and upkeep as its contracts say', async () => {
  const { data } = await ask(listLocalDevices, {});
  expect(data).toMatchObject([{ simulated: true, health: { state: 'ok' }, executionId: null }]);
  expect((await ask(getHostReading, {})).memoryUsedBytes).toBeGreaterThan(0);
  // A simulated GPU has no programs that a tool could tell of.
  expect((await ask(listGpuProcesses, {})).data).toMatchObject([{ processes: null, total: null }]);
  expect(await ask(getTelemetryHistory, { query: { window: '24h' } })).toMatchObject({
    stepSec: 60,
  });
  expect(await ask(getLocalWallet, {})).toMatchObject({
    address: agent.wallet,
    hasRpc: false,
    balances: { SOL: null, USDC: null },
  });
  expect(await ask(listEarningDays, {})).toMatchObject({ data: [], knownSince: null });
  await vi.waitFor(async () => {
    const { dayStart, unreachableSince } = await ask(getLocalEarnings, {});
    expect([typeof dayStart, unreachableSince]).toEqual(['string', null]);
  }, within);
  expect(await ask(readAgentLog, {})).toEqual({ folder: null, data: [], isWhole: true });
  expect((await ask(getLocalSettings, {})).groups.length).toBeGreaterThan(3);
  await ask(startDoctor, { body: {} });
  await vi.waitFor(async () => {
    expect(await ask(getDoctorReport, {})).toMatchObject({ checks: [{ name: 'node' }] });
  }, within);
});

it('[8.05] pages through its history by state and by name', async () => {
  const names = ['alpha', 'beta', 'gamma'];
  const ids = names.map((name) => {
    const executionId = machine.marketplace.post({ name });
    machine.programEnd(
      executionId,
      outcome(name === 'beta' ? { exitCode: 2, reason: 'nonzero_exit' } : {}),
    );
    return executionId;
  });
  await vi.waitFor(async () => {
    const { data } = await ask(listLocalExecutions, {});
    expect(data.map(({ state }) => state).toSorted()).toEqual(['failed', 'succeeded', 'succeeded']);
  }, within);
  const first = await ask(listLocalExecutions, { query: { limit: 2 } });
  expect(first.data).toHaveLength(2);
  const rest = await ask(listLocalExecutions, {
    query: { limit: 2, cursor: first.nextCursor ?? '' },
  });
  expect(rest).toMatchObject({ data: [{}], nextCursor: null });
  const failed = await ask(listLocalExecutions, { query: { state: 'failed' } });
  expect(failed.data).toMatchObject([{ name: 'beta' }]);
  const found = await ask(listLocalExecutions, { query: { q: 'ALPH' } });
  expect(found.data).toMatchObject([{ executionId: ids[0] }]);
  const [executionId = ''] = ids;
  await vi.waitFor(async () => {
    expect(await ask(getLocalExecution, { params: { executionId } })).toMatchObject({
      name: 'alpha',
      closed: 'reported',
      isOpen: false,
      reason: 'exited',
      attempt: 1,
    });
  }, within);
});

it('[8.04] stops a running job, which goes back to the marketplace with the reason', async () => {
  const executionId = machine.marketplace.post({ name: 'long' });
  await vi.waitFor(async () => {
    expect(await readStatus(agent)).toMatchObject({ active: [{ executionId, state: 'running' }] });
  }, within);
  const params = { executionId };
  expect(await ask(stopLocalExecution, { params, body: {} })).toEqual({ stopping: true });
  const result = () => machine.marketplace.execution(executionId).result;
  await vi.waitFor(() => {
    expect(result()).toMatchObject({
      outcome: 'failed',
      reason: 'released_by_agent',
      detail: 'The provider stopped this job on its machine.',
    });
  }, within);
  await vi.waitFor(async () => {
    expect(await ask(stopLocalExecution, { params, body: {} })).toEqual({ stopping: false });
  }, within);
});
