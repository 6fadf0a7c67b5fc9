import { changeLocalPolicy, getLocalEconomics } from '@node3/shared/routes/agent-local';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Agent } from './agent.ts';
import type { AgentParts } from './agent-core.ts';
import { createDemoDetector } from './gpu/demo/demo-detector.ts';
import { measured, metricsOf } from './gpu/telemetry.ts';
import { clientOf, outcome, TestMachine } from './testing/test-agent.ts';

let machine: TestMachine;
beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
});
afterEach(async () => machine.tearDown());

const within = { timeout: 10_000, interval: 10 };

describe('a job', () => {
  it('is accepted, run, reported with its logs, and removed', async () => {
    const { marketplace, executor } = machine;
    const executionId = marketplace.post();
    executor.program(executionId, {
      prepare: { imageId: 'i', imageDigest: 'busybox@sha256:1', sizeBytes: 1, pulled: false },
      start: { startedAtMs: 1_000 },
      lines: [
        { stream: 'stdout', atMs: 1_001, text: 'one', continued: false },
        { stream: 'stderr', atMs: 1_002, text: 'two', continued: false },
      ],
      outcome: outcome({ exitCode: 3, reason: 'nonzero_exit', output: { answer: 42 } }),
    });
    const agent = await machine.boot();
    await agent.ready();
    await vi.waitFor(
      () => expect(marketplace.executions.get(executionId)?.result).toBeTruthy(),
      within,
    );
    const { result, lines, isolation } = marketplace.execution(executionId);
    expect(result).toMatchObject({
      outcome: 'failed',
      reason: 'nonzero_exit',
      exitCode: 3,
      runMs: 1_500,
      started: true,
      imageDigest: 'busybox@sha256:1',
      isolation: 'container: fake',
      output: { answer: 42 },
      logLines: 2,
    });
    expect([...lines.values()]).toEqual(['one', 'two']);
    expect(isolation).toBe('container: fake');
    await vi.waitFor(() => expect(machine.countCalls('remove', executionId)).toBe(1), within);
    expect(machine.countCalls('start', executionId)).toBe(1);
  });

  it('tells how far its image is, at the beginning, at the end and at times between', async () => {
    const { marketplace, executor } = machine;
    const executionId = marketplace.post();
    const pull = (layersDone: number) => ({
      bytesDone: null,
      bytesTotal: null,
      layersDone,
      layersTotal: 50,
    });
    executor.program(executionId, {
      prepare: { imageId: 'i', imageDigest: null, sizeBytes: 1, pulled: true },
      pulls: Array.from({ length: 51 }, (_, layers) => pull(layers)),
      start: { startedAtMs: 1_000 },
      outcome: outcome(),
    });
    await (await machine.boot()).ready();
    const found = () => marketplace.execution(executionId);
    await vi.waitFor(() => expect(found().result).toBeTruthy(), within);
    expect(found().imagePulls.at(-1)).toEqual(pull(50));
    expect(found().imagePulls.length).toBeLessThanOrEqual(3);
    const [image] = [...found().lines.values()].slice(0, 1);
    expect(image).toMatch(/^Pulling image /);
    expect([...found().lines.values()]).toHaveLength(2);
  });

  it('is reported once though the answers to accept and result get lost', async () => {
    const { marketplace } = machine;
    const executionId = marketplace.post();
    machine.programEnd(executionId, outcome());
    marketplace.dropReplies('/accept', 2);
    marketplace.dropReplies('/result', 1);
    const agent = await machine.boot();
    await vi.waitFor(
      () => expect(marketplace.execution(executionId).resultReports).toBe(2),
      within,
    );
    expect(marketplace.execution(executionId).result?.outcome).toBe('succeeded');
    expect(machine.countCalls('start', executionId)).toBe(1);
    await agent.drain();
  });

  it('is counted with what its GPU drew and asked, also by the agents that come after', async () => {
    const { clock, executor, marketplace } = machine;
    const deviceIds = ['simulated-gpu-0'];
    const detector = createDemoDetector({ clock });
    let sampled = 0;
    const parts: Partial<AgentParts> = {
      createDetectors: () => [
        {
          ...detector,
          async sample() {
            sampled += 1;
            const metrics = metricsOf({ powerWatts: measured(360) });
            const samples = [{ uuid: 'simulated-gpu-0', metrics }];
            return { samples, problems: [], sampledAtMs: clock.nowMs() };
          },
        },
      ],
    };
    const agent = await machine.boot({}, parts);
    await agent.ready();
    const SOL = { amount: '24', asset: 'SOL' as const };
    const set = { asks: { '*': { SOL, USDC: null } }, electricityUsdPerKwh: 0.5 };
    await clientOf(agent).call(changeLocalPolicy, { body: { set } });
    const price = { kind: 'fixed' as const, reward: { amount: '30', asset: 'SOL' as const } };
    const executionId = marketplace.post(
      { resources: { gpus: { count: 1 } }, price },
      { deviceIds, reward: price.reward },
    );
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(1), within);
    clock.advance(1_000);
    const before = sampled;
    await vi.waitFor(() => expect(sampled).toBeGreaterThan(before + 1), within);
    executor.finish(executionId, outcome());
    const economics = async (of: Agent) => (await clientOf(of).call(getLocalEconomics, {})).earned;
    await vi.waitFor(async () => expect(await economics(agent)).toHaveLength(1), within);
    machine.crash(agent);
    const [earned] = await economics(await machine.boot({}, parts));
    expect(earned).toMatchObject({
      deviceId: 'simulated-gpu-0',
      model: 'Simulated GPU',
      results: 1,
      earned: { SOL: { amount: '30' }, USDC: { amount: '0' } },
      expected: { SOL: { amount: '0.01' } },
      netUsdPerHour: null,
    });
    // 1.5 s at 360 W.
    expect(earned?.energyKwh).toBeCloseTo(0.00015);
    expect(earned?.energyUsd).toBeCloseTo(0.000075);
  });

  it('comes again for the same claim when the poll answer got lost', async () => {
    const { marketplace } = machine;
    marketplace.dropReplies('/poll', 1);
    const executionId = marketplace.post();
    machine.programEnd(executionId, outcome());
    await machine.boot();
    await vi.waitFor(
      () => expect(marketplace.execution(executionId).result).not.toBeNull(),
      within,
    );
    expect(marketplace.executions.size).toBe(1);
    expect(machine.countCalls('start', executionId)).toBe(1);
  });

  it('is taken on though the poll that brings it had waited longer than an offer stands', async () => {
    const { marketplace, clock } = machine;
    const agent = await machine.boot();
    await agent.ready();
    await vi.waitFor(() => expect(marketplace.pollsWaiting()).toBe(1), within);
    clock.advance(25_000);
    const executionId = marketplace.post();
    machine.programEnd(executionId, outcome());
    await vi.waitFor(
      () => expect(marketplace.execution(executionId).result).not.toBeNull(),
      within,
    );
    expect(marketplace.execution(executionId).released).toBe(false);
  });

  it('is not run twice when its offer is repeated while it runs and after it ended', async () => {
    const { marketplace, executor } = machine;
    const executionId = marketplace.post();
    await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(1), within);
    marketplace.repeatOffer(executionId);
    const second = marketplace.post();
    await vi.waitFor(() => expect(machine.countCalls('wait', second)).toBe(1), within);
    executor.finish(executionId, outcome());
    await vi.waitFor(
      () => expect(marketplace.execution(executionId).result).not.toBeNull(),
      within,
    );
    marketplace.repeatOffer(executionId);
    const third = marketplace.post();
    await vi.waitFor(() => expect(machine.countCalls('wait', third)).toBe(1), within);
    expect(machine.countCalls('start', executionId)).toBe(1);
    expect(marketplace.execution(executionId).resultReports).toBe(1);
  });

  it('is stopped when it is silent for longer than it may be, also after a restart', async () => {
    const { marketplace, clock } = machine;
    const limits = { progressSec: 1 };
    const executionId = marketplace.post({ limits });
    const talkative = marketplace.post();
    const agent = await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(1), within);
    machine.crash(agent);
    await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(2), within);
    clock.advance(1_000);
    await vi.waitFor(
      () => expect(marketplace.execution(executionId).result).not.toBeNull(),
      within,
    );
    expect(marketplace.execution(executionId).result).toMatchObject({
      outcome: 'timed_out',
      reason: 'no_progress',
      runMs: 1_500,
      started: true,
    });
    expect(marketplace.execution(talkative).result).toBeNull();
  });

  it('[5.13] runs beside others up to the slots, and the next one waits', async () => {
    const { marketplace, executor } = machine;
    const [first = '', second = '', third = ''] = [1, 2, 3].map(() => marketplace.post());
    await machine.boot({ slots: 2 });
    await vi.waitFor(() => expect(machine.countCalls('wait', second)).toBe(1), within);
    expect(machine.countCalls('wait', first)).toBe(1);
    expect(marketplace.executions.has(third)).toBe(false);
    executor.finish(first, outcome());
    await vi.waitFor(() => expect(machine.countCalls('wait', third)).toBe(1), within);
  });

  it('[5.13] never shares a device with another one', async () => {
    const { marketplace } = machine;
    const resources = { gpus: { count: 1 } };
    const deviceIds = ['simulated-gpu-0'];
    const first = marketplace.post({ resources }, { deviceIds });
    await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('wait', first)).toBe(1), within);
    const second = marketplace.post({ resources }, { deviceIds });
    await vi.waitFor(() => expect(marketplace.executions.get(second)?.released).toBe(true), within);
    expect(machine.countCalls('prepare', second)).toBe(0);
  });
});

describe('stopping a job', () => {
  it.each(['heartbeat', 'message', 'progress'] as const)('is cancelled by %s', async (way) => {
    const { marketplace } = machine;
    marketplace.heartbeatMs = 1_000;
    const executionId = marketplace.post();
    const agent = await machine.boot();
    const sees = (phase: string) =>
      vi.waitFor(() => expect(marketplace.execution(executionId).phases).toContain(phase), within);
    if (way === 'progress') {
      await vi.waitFor(() => expect(marketplace.executions.has(executionId)).toBe(true), within);
      marketplace.execution(executionId).verdict = 'cancel';
    }
    if (way === 'heartbeat') {
      await sees('running');
      marketplace.execution(executionId).verdict = 'cancel';
    }
    if (way === 'message') {
      await sees('running');
      marketplace.say({ type: 'cancel', executionId, attempt: 1 });
    }
    await vi.waitFor(
      () => expect(marketplace.execution(executionId).result).not.toBeNull(),
      within,
    );
    expect(marketplace.execution(executionId).result).toMatchObject({
      outcome: 'cancelled',
      reason: 'cancelled_by_requester',
    });
    await agent.drain();
    expect(machine.executor.calls).not.toContain(`start ${executionId} twice`);
  });

  it('drops a job that the marketplace gave away, without a report', async () => {
    const { marketplace } = machine;
    marketplace.heartbeatMs = 1_000;
    const executionId = marketplace.post();
    const agent = await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(1), within);
    marketplace.execution(executionId).superseded = true;
    await vi.waitFor(() => expect(machine.countCalls('remove', executionId)).toBe(1), within);
    expect(machine.countCalls('cancel', executionId)).toBe(1);
    await agent.drain();
    expect(marketplace.execution(executionId).resultReports).toBe(0);
  });

  it('keeps a result that lost its lease from being reported for ever', async () => {
    const { marketplace, executor } = machine;
    const executionId = marketplace.post();
    const agent = await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(1), within);
    marketplace.execution(executionId).superseded = true;
    executor.finish(executionId, outcome());
    await agent.drain();
    expect(marketplace.execution(executionId).result).toBeNull();
    const again = await machine.boot();
    await again.ready();
    const sent = marketplace.requests.filter((request) => request.endsWith('/result'));
    expect(sent).toHaveLength(1);
  });

  it('[5.18] hands back what has not started and finishes what has when it drains', async () => {
    const { marketplace, executor } = machine;
    const running = marketplace.post();
    const agent = await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('wait', running)).toBe(1), within);
    const pulling = marketplace.post();
    const pull = Promise.withResolvers<never>();
    vi.spyOn(executor, 'prepare').mockImplementation(async (_, signal) => {
      signal.addEventListener('abort', () => pull.reject(signal.reason), { once: true });
      return pull.promise;
    });
    await vi.waitFor(
      () => expect(marketplace.executions.get(pulling)?.phases).toContain('preparing'),
      within,
    );
    const drained = agent.drain();
    await vi.waitFor(() => expect(marketplace.execution(pulling).released).toBe(true), within);
    executor.finish(running, outcome());
    await drained;
    expect(marketplace.execution(running).result?.outcome).toBe('succeeded');
    expect(machine.countCalls('start', pulling)).toBe(0);
    await agent.ended;
  });

  it('[5.18] stops what still runs at the deadline of a drain, as the provider own fault', async () => {
    const { marketplace } = machine;
    const executionId = marketplace.post();
    const agent = await machine.boot();
    await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(1), within);
    await agent.drain({ deadlineMs: 0 });
    expect(marketplace.execution(executionId).result).toMatchObject({
      outcome: 'failed',
      reason: 'agent_restarted',
      started: true,
    });
  });
});
