import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BodyOf } from '@node3/shared/contract';
import { changeLocalPolicy, getLocalPolicy, stopAgent } from '@node3/shared/routes/agent-local';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

const local = () => clientOf(agent);
type Change = BodyOf<typeof changeLocalPolicy>;
const change = (body: Change) => local().call(changeLocalPolicy, { body });
const lastOffer = () => machine.marketplace.lastPoll?.offer;

/** A window of the test's own clock that is over. */
const closedHours = (): Change => {
  const hour = new Date(machine.clock.nowMs()).getUTCHours();
  const at = (later: number) => `${String((hour + later) % 24).padStart(2, '0')}:00`;
  return { set: { hours: [`${at(2)}-${at(3)}`], timeZone: 'UTC' } };
};

describe('a policy that is changed while the agent runs', () => {
  it('[5.14] drains outside the hours: what runs finishes, and nothing new is taken until they begin', async () => {
    const { executor, marketplace } = machine;
    await vi.waitFor(() => expect(marketplace.lastPoll?.freeDeviceIds).toHaveLength(1), within);
    const running = marketplace.post();
    await vi.waitFor(() => expect(machine.countCalls('wait', running)).toBe(1), within);
    const { closed } = await change(closedHours());
    expect(closed).toMatch(/^Your policy takes new jobs in /);
    expect(await readStatus(agent)).toMatchObject({
      state: 'paused',
      stateSentence: `${closed} One job is still running.`,
    });
    executor.finish(running, outcome());
    await vi.waitFor(() => expect(marketplace.execution(running).result).not.toBeNull(), within);
    expect(marketplace.execution(running).result?.outcome).toBe('succeeded');
    const later = marketplace.post();
    machine.programEnd(later, outcome());
    await vi.waitFor(() => expect(marketplace.lastPoll?.claimId).toBeNull(), within);
    // Nothing is challenged either.
    await vi.waitFor(() => expect(marketplace.lastPoll?.freeDeviceIds).toEqual([]), within);
    expect(marketplace.executions.get(later)?.result ?? null).toBeNull();
    await change({ unset: ['hours'] });
    await vi.waitFor(() => expect(marketplace.execution(later).result).not.toBeNull(), within);
  });

  it('stops what runs only when the provider says so', async () => {
    const running = machine.marketplace.post();
    await vi.waitFor(() => expect(machine.countCalls('wait', running)).toBe(1), within);
    await change({ set: { ...closedHours().set, whenClosed: 'stop' } });
    const { result } = await vi.waitFor(() => {
      const execution = machine.marketplace.execution(running);
      expect(execution.result).not.toBeNull();
      return execution;
    }, within);
    expect(result?.detail).toBe('A rule of the provider ended the time of jobs on its machine.');
  });

  it('is taken from the file as well, and a wrong file changes nothing', async () => {
    const path = join(machine.dataDir, 'policy.json');
    await writeFile(path, '{ "powerWattsMax": 5, "egressHosts": ["example.com"] }');
    await vi.waitFor(async () => {
      const seen = await local().call(getLocalPolicy, {});
      expect(seen).toMatchObject({ path, decided: ['powerWattsMax', 'egressHosts'] });
      expect(seen.restartNeed).toMatch(/From the next start .* hosts that jobs may reach/);
      expect(seen.withheld).toHaveLength(1);
    }, within);
    await vi.waitFor(() => expect(lastOffer()?.devices).toEqual([]), within);
    await writeFile(path, '{ "powerWatts": 5 }');
    await vi.waitFor(async () => {
      const { problems } = await readStatus(agent);
      expect(problems.map(({ code }) => code)).toContain('policy-unusable');
    }, within);
    expect((await local().call(getLocalPolicy, {})).policy.powerWattsMax).toBe(5);
    await expect(change({ set: { idleMinutes: 5 } })).rejects.toThrow(/has no field powerWatts/);
  });

  it('is refused field by field, and not written', async () => {
    const wrong = { set: { timeZone: 'Europe/Nowhere' } };
    await expect(change(wrong)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    const unknown = { set: { idle: 5 } } as Change;
    await expect(change(unknown)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(readFile(join(machine.dataDir, 'policy.json'))).rejects.toThrow(/ENOENT/);
  });

  it('leaves a version alone that nobody has seen, and names the field that is wrong', async () => {
    const seen = await local().call(getLocalPolicy, {});
    expect(seen).toMatchObject({ version: 'none', defaults: { idleMinutes: null } });
    const path = join(machine.dataDir, 'policy.json');
    await writeFile(path, '{"powerWattsMax": 5}');
    const body = { set: { idleMinutes: 7 } };
    const stale = local().call(changeLocalPolicy, { body }, { ifMatch: seen.version });
    await expect(stale).rejects.toMatchObject({ code: 'RESOURCE_CHANGED', status: 412 });
    expect(await readFile(path, 'utf8')).toBe('{"powerWattsMax": 5}');
    const { version } = await local().call(getLocalPolicy, {});
    const changed = await local().call(changeLocalPolicy, { body }, { ifMatch: version });
    expect(changed.policy).toMatchObject({ idleMinutes: 7, powerWattsMax: 5 });
    expect(changed.version).not.toBe(version);
    await expect(change({ set: { timeZone: 'Nowhere' } })).rejects.toMatchObject({
      context: { errors: [{ pointer: '/set/timeZone' }] },
    });
  });

  it('[3.06] tells the marketplace of asks, hosts and blocked requesters as they are now', async () => {
    const requestersBlocked = ['acc_06BR2J0S7XW8Z3Q1T5M4N6P9KD'];
    const USDC = { amount: '0.4', asset: 'USDC' as const };
    await change({ set: { asks: { '*': { SOL: null, USDC } }, requestersBlocked } });
    await vi.waitFor(() => {
      expect(lastOffer()).toMatchObject({ asks: { SOL: null, USDC }, requestersBlocked });
    }, within);
  });
});

it('[5.15] refuses what a marketplace offers against the policy', async () => {
  await change({ set: { registriesAllowed: ['ghcr.io'] } });
  const executionId = machine.marketplace.post();
  await vi.waitFor(
    () => expect(machine.marketplace.execution(executionId).released).toBe(true),
    within,
  );
  expect(machine.countCalls('prepare', executionId)).toBe(0);
});

it('stops at once when told so, and leaves running jobs to the next start', async () => {
  const running = machine.marketplace.post();
  await vi.waitFor(() => expect(machine.countCalls('wait', running)).toBe(1), within);
  expect(await local().call(stopAgent, { body: {} })).toEqual({ active: 1 });
  await agent.ended;
  expect(machine.countCalls('cancel', running)).toBe(0);
});
