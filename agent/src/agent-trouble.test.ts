import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '@node3/shared/limits';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Agent } from './agent.ts';
import { agentLimits } from './agent-limits.ts';
import { executorWorks, outcome, readStatus, TestMachine } from './testing/test-agent.ts';

let machine: TestMachine;
beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
});
afterEach(async () => machine.tearDown());

const within = { timeout: 15_000, interval: 20 };
const noEngine = {
  available: false,
  problems: [{ code: 'engine_missing', sentence: 'No engine runs.', fix: 'Start it.' }],
  isolationEffective: null,
};
const stateOf = async (agent: Agent) => (await readStatus(agent)).state;
const resultOf = (executionId: string) => machine.marketplace.executions.get(executionId)?.result;

/** Nothing that was asked for is answered any more: neither what is, nor what runs. */
function breakEngine(): { mend(): void } {
  machine.executor.programProbe(noEngine);
  const wait = vi.spyOn(machine.executor, 'wait').mockRejectedValue(new Error('socket hang up'));
  return {
    mend() {
      wait.mockRestore();
      machine.executor.programProbe(executorWorks);
    },
  };
}

describe('an engine that dies', () => {
  it('while a job runs is told, sells nothing, and the job goes on when it is back', async () => {
    const { executor, marketplace } = machine;
    const running = marketplace.post();
    const broken = breakEngine();
    executor.programProbe(executorWorks);
    const agent = await machine.boot();
    // The job has begun when the engine goes.
    await vi.waitFor(() => expect(machine.countCalls('start', running)).toBe(1), within);
    executor.programProbe(noEngine);
    await vi.waitFor(async () => expect(await stateOf(agent)).toBe('engine_down'), within);
    const { active, problems, stateSentence } = await readStatus(agent);
    expect(stateSentence).toMatch(
      /No engine runs\. It worked until .* One job is waiting for it\.$/,
    );
    expect(problems).toMatchObject([{ code: 'engine_missing' }]);
    expect(active).toHaveLength(1);
    // The poll that waits now asks for nothing.
    await vi.waitFor(() => expect(marketplace.pollsWaiting()).toBe(1), within);
    const next = marketplace.post();
    machine.programEnd(next, outcome());
    expect(marketplace.executions.has(next)).toBe(false);
    broken.mend();
    await vi.waitFor(() => expect(resultOf(next)).toBeTruthy(), within);
    await vi.waitFor(async () => expect(await stateOf(agent)).toBe('working'), within);
    executor.finish(running, outcome());
    await vi.waitFor(
      () => expect(resultOf(running)).toMatchObject({ outcome: 'succeeded' }),
      within,
    );
    expect(machine.countCalls('start', running)).toBe(1);
  });
});

describe('an engine that fails a start', () => {
  it('is looked at before the next job is taken', async () => {
    const { executor, marketplace } = machine;
    const agent = await machine.boot();
    await agent.ready();
    executor.programProbe(noEngine);
    vi.spyOn(executor, 'prepare').mockRejectedValue(new Error('connect ENOENT'));
    const failed = marketplace.post();
    const soon = { timeout: agentLimits.probeIntervalMs / 2, interval: 10 };
    await vi.waitFor(async () => expect(await stateOf(agent)).toBe('engine_down'), soon);
    await vi.waitFor(
      () => expect(resultOf(failed)).toMatchObject({ reason: 'engine_error' }),
      soon,
    );
  });
});

describe('a full disk', () => {
  it('takes nothing new, says so, and takes work again when there is room', async () => {
    let free = agentLimits.diskFloorBytes - 1;
    const agent = await machine.boot({}, { readDiskFreeBytes: async () => free });
    await agent.ready();
    expect((await readStatus(agent)).problems).toMatchObject([{ code: 'disk-full' }]);
    const executionId = machine.marketplace.post();
    machine.programEnd(executionId, outcome());
    expect(machine.marketplace.executions.size).toBe(0);
    free = 100 * agentLimits.diskFloorBytes;
    await vi.waitFor(() => expect(resultOf(executionId)).toBeTruthy(), within);
    expect((await readStatus(agent)).problems).toEqual([]);
  });
});

describe('folders of jobs', () => {
  it('that a dead process left are gone after the next start', async () => {
    const folder = join(machine.dataDir, 'files');
    await mkdir(join(folder, 'exe_left', 'outputs'), { recursive: true });
    const agent = await machine.boot();
    await agent.ready();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('an agent that dies again and again', () => {
  const dying = { crashesMax: 3 };

  async function die(times: number): Promise<void> {
    for (let death = 0; death < times; death += 1) {
      const agent = await machine.boot(dying);
      await agent.ready();
      machine.crash(agent);
    }
  }

  it('takes no work until somebody resumes it', async () => {
    await die(3);
    const executionId = machine.marketplace.post();
    machine.programEnd(executionId, outcome());
    const agent = await machine.boot(dying);
    await vi.waitFor(async () => expect(await stateOf(agent)).toBe('held'), within);
    expect((await readStatus(agent)).stateSentence).toMatch(/died 3 times within 10 minutes/);
    expect(machine.countCalls('prepare', executionId)).toBe(0);
    const authorization = `Bearer ${agent.token}`;
    const started = await fetch(`${agent.url}/api/start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: '{}',
    });
    expect(await started.json()).toEqual({ status: 'started' });
    await vi.waitFor(() => expect(resultOf(executionId)).toBeTruthy(), within);
  });

  it('lets nothing run on beyond its lease while it waits', async () => {
    const executionId = machine.marketplace.post();
    const first = await machine.boot(dying);
    await vi.waitFor(() => expect(machine.countCalls('start', executionId)).toBe(1), within);
    machine.crash(first);
    await die(2);
    machine.clock.advance(limits.leaseMs);
    const agent = await machine.boot(dying);
    await vi.waitFor(async () => expect(await stateOf(agent)).toBe('held'), within);
    await vi.waitFor(() => expect(machine.countCalls('remove', executionId)).toBe(1), within);
  });

  it('and that is stopped on purpose has not died', async () => {
    for (let start = 0; start < 5; start += 1) {
      const agent = await machine.boot(dying);
      await agent.ready();
      await agent.stop();
    }
    const agent = await machine.boot(dying);
    await agent.ready();
    expect(await stateOf(agent)).toBe('idle');
  });

  it('but not within the time is not held', async () => {
    await die(2);
    machine.clock.advance(agentLimits.crashWindowMs);
    await die(1);
    const agent = await machine.boot(dying);
    await agent.ready();
    expect(await stateOf(agent)).toBe('idle');
  });
});
