import { rm } from 'node:fs/promises';
import { limits } from '@node3/shared/limits';
import { listLocalExecutions } from '@node3/shared/routes/agent-local';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientOf, killed, outcome, preparedImage, TestMachine } from './testing/test-agent.ts';

let machine: TestMachine;
beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
});
afterEach(async () => machine.tearDown());

const within = { timeout: 10_000, interval: 10 };
const resultOf = (executionId: string) => machine.marketplace.executions.get(executionId)?.result;
const reported = (executionId: string) =>
  vi.waitFor(() => expect(resultOf(executionId)).toBeTruthy(), within);

async function bootAndRun(executionId: string) {
  const agent = await machine.boot();
  await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(1), within);
  return agent;
}

describe('after a crash', () => {
  it('[5.17] [4.5 row 1] takes over a workload that still runs, with its log where it stopped', async () => {
    const { executor, marketplace } = machine;
    const executionId = marketplace.post();
    const line = (atMs: number, text: string) => ({
      stream: 'stdout' as const,
      atMs,
      text,
      continued: false,
    });
    const lines = [line(1_001, 'one'), line(1_002, 'two'), line(1_002, 'two')];
    executor.program(executionId, {
      prepare: { imageId: 'i', imageDigest: null, sizeBytes: 1, pulled: false },
      start: { startedAtMs: 1_000 },
      lines,
    });
    const first = await bootAndRun(executionId);
    await vi.waitFor(() => expect(marketplace.execution(executionId).lines.size).toBe(3), within);
    machine.crash(first);
    lines.push(line(1_002, 'three'), line(1_003, 'four'));
    await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(2), within);
    executor.finish(executionId, outcome());
    await reported(executionId);
    expect(resultOf(executionId)).toMatchObject({ outcome: 'succeeded', logLines: 5 });
    const texts = [...marketplace.execution(executionId).lines.values()];
    expect(texts).toEqual(['one', 'two', 'two', 'three', 'four']);
    expect(machine.countCalls('start', executionId)).toBe(1);
    expect(machine.countCalls('remove', executionId)).toBe(1);
  });

  it('[4.5 row 2] reports a workload that ended while no agent was there', async () => {
    const executionId = machine.marketplace.post();
    machine.crash(await bootAndRun(executionId));
    machine.executor.finish(executionId, outcome({ exitCode: 7, reason: 'nonzero_exit' }));
    await machine.boot();
    await reported(executionId);
    expect(resultOf(executionId)).toMatchObject({ exitCode: 7, reason: 'nonzero_exit' });
    expect(machine.countCalls('start', executionId)).toBe(1);
  });

  it('[5.16] delivers a result that was written down and never sent', async () => {
    const { marketplace, executor } = machine;
    const executionId = marketplace.post();
    const first = await bootAndRun(executionId);
    marketplace.setDown('down');
    executor.finish(executionId, outcome());
    await vi.waitFor(() => expect(machine.countCalls('remove', executionId)).toBe(1), within);
    machine.crash(first);
    marketplace.setDown('up');
    await machine.boot();
    await reported(executionId);
    expect(machine.countCalls('start', executionId)).toBe(1);
  });

  it('reports the same result when only the answer to it got lost', async () => {
    const { marketplace, executor } = machine;
    const executionId = marketplace.post();
    const first = await bootAndRun(executionId);
    marketplace.dropReplies('/result', 100);
    executor.finish(executionId, outcome());
    await reported(executionId);
    machine.crash(first);
    marketplace.dropReplies('/result', 0);
    const second = await machine.boot();
    await second.ready();
    await second.drain();
    expect(marketplace.execution(executionId).resultReports).toBeGreaterThan(1);
    expect(resultOf(executionId)).toMatchObject({ outcome: 'succeeded' });
  });

  it('[4.5 row 3] says so when the engine lost the workload, and does not start it again', async () => {
    const executionId = machine.marketplace.post();
    machine.crash(await bootAndRun(executionId));
    await machine.executor.remove(executionId);
    await machine.boot();
    await reported(executionId);
    expect(resultOf(executionId)).toMatchObject({ reason: 'agent_restarted', started: true });
    expect(machine.countCalls('start', executionId)).toBe(1);
  });

  it('does not start again what it may have started just before', async () => {
    const { marketplace, executor } = machine;
    const executionId = marketplace.post();
    const start = vi.spyOn(executor, 'start').mockReturnValue(new Promise(() => undefined));
    const first = await machine.boot();
    await vi.waitFor(() => expect(start).toHaveBeenCalledTimes(1), within);
    machine.crash(first);
    start.mockRestore();
    await machine.boot();
    await reported(executionId);
    expect(resultOf(executionId)).toMatchObject({ reason: 'agent_restarted', started: false });
    expect(machine.countCalls('start', executionId)).toBe(0);
  });

  it.each([
    ['starts what was accepted and not started while its lease lives', 'live'],
    ['hands it back when the lease may be over and nobody can be asked', 'over'],
  ])('%s', async (_, lease) => {
    const { marketplace, executor } = machine;
    const executionId = marketplace.post();
    const prepare = vi.spyOn(executor, 'prepare').mockReturnValue(new Promise(() => undefined));
    const first = await machine.boot();
    await vi.waitFor(() => expect(prepare).toHaveBeenCalledTimes(1), within);
    machine.crash(first);
    prepare.mockRestore();
    machine.programEnd(executionId, outcome());
    if (lease === 'live') {
      await machine.boot();
      await reported(executionId);
      expect(machine.countCalls('start', executionId)).toBe(1);
      return;
    }
    marketplace.dropReplies('/heartbeat', 1);
    machine.bootId = 'boot-2';
    await machine.boot();
    const released = () => expect(marketplace.execution(executionId).released).toBe(true);
    await vi.waitFor(released, within);
    expect(machine.countCalls('start', executionId)).toBe(0);
  });

  it('[4.5 row 4] removes what the marketplace gave to somebody else, and remembers it', async () => {
    const { marketplace } = machine;
    const executionId = marketplace.post();
    machine.crash(await bootAndRun(executionId));
    marketplace.execution(executionId).superseded = true;
    const agent = await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('remove', executionId)).toBe(1), within);
    const local = clientOf(agent);
    expect((await local.call(listLocalExecutions, {})).data).toMatchObject([
      { executionId, state: 'lost' },
    ]);
    await agent.drain();
    expect(marketplace.execution(executionId).resultReports).toBe(0);
  });

  it('[5.16] [4.5 row 5] goes on without the marketplace until the lease ends, then stops and keeps what came out', async () => {
    const { clock, executor, marketplace } = machine;
    const executionId = marketplace.post();
    const plan = { prepare: preparedImage, start: { startedAtMs: 1_000 } };
    executor.program(executionId, { ...plan, outcomeOfCancel: { ...killed, output: { step: 7 } } });
    machine.crash(await bootAndRun(executionId));
    marketplace.setDown('down');
    await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(2), within);
    expect(machine.countCalls('cancel', executionId)).toBe(0);
    clock.advance(limits.leaseMs);
    await vi.waitFor(() => expect(machine.countCalls('remove', executionId)).toBe(1), within);
    marketplace.setDown('up');
    await reported(executionId);
    expect(resultOf(executionId)).toMatchObject({ reason: 'lease_expired', output: { step: 7 } });
    expect(machine.countCalls('start', executionId)).toBe(1);
  });

  it('[5.17] [4.5 row 6] removes workloads of ours that no journal knows', async () => {
    const executionId = machine.marketplace.post();
    machine.crash(await bootAndRun(executionId));
    const agent = await machine.boot({ dataDir: `${machine.dataDir}/other` });
    await vi.waitFor(() => expect(machine.countCalls('remove', executionId)).toBe(1), within);
    await agent.stop();
  });

  it('[4.5 row 7] lets a lease run out that no journal knows, so that the job goes to somebody else', async () => {
    const { marketplace } = machine;
    marketplace.heartbeatMs = 1_000;
    const executionId = marketplace.post();
    const agent = await bootAndRun(executionId);
    await agent.ready();
    machine.crash(agent);
    await machine.executor.remove(executionId);
    for (const ending of ['', '-wal', '-shm']) {
      await rm(`${machine.dataDir}/journal.sqlite${ending}`, { force: true });
    }
    const renewals = marketplace.execution(executionId).heartbeats;
    const beats = () => marketplace.requests.filter((each) => each.endsWith('/heartbeat')).length;
    const before = beats();
    const second = await machine.boot();
    await second.ready();
    await vi.waitFor(() => expect(beats()).toBeGreaterThan(before + 1), within);
    expect(second.agentId).toBe(marketplace.agentId);
    expect(marketplace.execution(executionId)).toMatchObject({
      heartbeats: renewals,
      result: null,
    });
    expect(machine.countCalls('start', executionId)).toBe(1);
  });

  it('cancels a workload whose cancel came while no agent was there', async () => {
    const { marketplace } = machine;
    const executionId = marketplace.post();
    machine.crash(await bootAndRun(executionId));
    marketplace.execution(executionId).verdict = 'cancel';
    await machine.boot();
    await reported(executionId);
    expect(resultOf(executionId)).toMatchObject({ reason: 'cancelled_by_requester' });
  });

  it('claims under the same id, so that an offer on its way is not lost', async () => {
    const { marketplace } = machine;
    marketplace.dropReplies('/poll', 1_000);
    const executionId = marketplace.post();
    machine.programEnd(executionId, outcome());
    const first = await machine.boot();
    await vi.waitFor(() => expect(marketplace.executions.has(executionId)).toBe(true), within);
    machine.crash(first);
    marketplace.dropReplies('/poll', 0);
    await machine.boot();
    await reported(executionId);
    expect(marketplace.executions.size).toBe(1);
    expect(machine.countCalls('start', executionId)).toBe(1);
  });

  it('waits for an engine that is down before it decides', async () => {
    const { executor, marketplace } = machine;
    const executionId = marketplace.post();
    machine.crash(await bootAndRun(executionId));
    const adopt = vi.spyOn(executor, 'adopt').mockRejectedValueOnce(new Error('engine is down'));
    vi.spyOn(executor, 'list').mockRejectedValueOnce(new Error('engine is down'));
    await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(2), within);
    expect(adopt).toHaveBeenCalledTimes(2);
    executor.finish(executionId, outcome());
    await reported(executionId);
  });
});
