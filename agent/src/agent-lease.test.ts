import { limits } from '@node3/shared/limits';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { outcome, readStatus, TestMachine } from './testing/test-agent.ts';

let machine: TestMachine;
beforeEach(async () => {
  machine = new TestMachine();
  await machine.setUp();
  machine.marketplace.heartbeatMs = 1_000;
});
afterEach(async () => machine.tearDown());

const within = { timeout: 10_000, interval: 10 };
const selfStopMs = limits.leaseMs - limits.leaseSelfStopMs;

async function bootAndRun(executionId: string) {
  const agent = await machine.boot();
  await vi.waitFor(() => expect(machine.countCalls('wait', executionId)).toBe(1), within);
  return agent;
}

describe('a lease', () => {
  it('[5.12] lets a job run as long as heartbeats are answered', async () => {
    const { clock, marketplace } = machine;
    const executionId = marketplace.post();
    await bootAndRun(executionId);
    for (const beats of [1, 2, 3]) {
      const renewed = () =>
        expect(marketplace.execution(executionId).heartbeats).toBeGreaterThanOrEqual(beats);
      await vi.waitFor(renewed, within);
      clock.advance(selfStopMs / 2);
    }
    expect(machine.countCalls('cancel', executionId)).toBe(0);
  });

  it.each(['silence', 'sleep'] as const)('that ends by %s stops the job', async (way) => {
    const { clock, marketplace } = machine;
    const executionId = marketplace.post();
    await bootAndRun(executionId);
    marketplace.setDown('down');
    if (way === 'silence') clock.advance(limits.leaseMs);
    else clock.sleepMachine(limits.leaseMs);
    await vi.waitFor(() => expect(machine.countCalls('cancel', executionId)).toBe(1), within);
    marketplace.setDown('up');
    const result = () => marketplace.execution(executionId).result;
    await vi.waitFor(() => expect(result()).not.toBeNull(), within);
    expect(result()).toMatchObject({ outcome: 'failed', reason: 'lease_expired', started: true });
  });

  it('that ends before the start gives the job back', async () => {
    const { clock, executor, marketplace } = machine;
    const executionId = marketplace.post();
    const prepared = Promise.withResolvers<{
      imageId: null;
      imageDigest: null;
      sizeBytes: null;
      pulled: boolean;
    }>();
    const prepare = vi.spyOn(executor, 'prepare').mockReturnValue(prepared.promise);
    await machine.boot();
    await vi.waitFor(() => expect(prepare).toHaveBeenCalled(), within);
    marketplace.setDown('down');
    clock.advance(limits.leaseMs);
    prepared.resolve({ imageId: null, imageDigest: null, sizeBytes: null, pulled: true });
    marketplace.setDown('up');
    const released = () => expect(marketplace.execution(executionId).released).toBe(true);
    await vi.waitFor(released, within);
    expect(machine.countCalls('start', executionId)).toBe(0);
  });
});

describe('an outage of the marketplace', () => {
  it('costs nothing when a job ends during it', async () => {
    const { executor, marketplace } = machine;
    const executionId = marketplace.post();
    const agent = await bootAndRun(executionId);
    marketplace.setDown('down');
    executor.finish(executionId, outcome({ output: [1, 2] }));
    await vi.waitFor(() => expect(machine.countCalls('remove', executionId)).toBe(1), within);
    await vi.waitFor(async () => {
      const { active, problems } = await readStatus(agent);
      expect(problems).toMatchObject([{ code: 'marketplace-unreachable' }]);
      expect(active).toEqual([]);
    }, within);
    marketplace.setDown('up');
    const result = () => marketplace.execution(executionId).result;
    await vi.waitFor(() => expect(result()).toMatchObject({ output: [1, 2] }), within);
    expect(marketplace.execution(executionId).resultReports).toBe(1);
  });

  it('at the first start is waited for', async () => {
    const { marketplace } = machine;
    marketplace.setDown('down');
    const agent = await machine.boot();
    const problems = async () => (await readStatus(agent)).problems;
    await vi.waitFor(async () => expect(await problems()).toHaveLength(1), within);
    expect(await readStatus(agent)).toMatchObject({ agentId: null, state: 'starting' });
    marketplace.setDown('up');
    await agent.ready();
    expect(agent.agentId).toBe(marketplace.agentId);
    await vi.waitFor(async () => expect((await readStatus(agent)).state).toBe('idle'), within);
  });
});

describe('identity', () => {
  it('[5.09] is made once and used again', async () => {
    const first = await machine.boot();
    await first.ready();
    await first.stop();
    const second = await machine.boot();
    await second.ready();
    expect(machine.marketplace.registrations).toBe(1);
    expect(second.agentId).toBe(first.agentId);
  });

  it('is never replaced when the marketplace refuses it', async () => {
    const first = await machine.boot();
    await first.ready();
    await first.stop();
    machine.marketplace.apiKey = 'another';
    const agent = await machine.boot();
    await vi.waitFor(async () => {
      const status = await readStatus(agent);
      expect(status).toMatchObject({ state: 'blocked', problems: [{ code: 'auth-invalid' }] });
      expect(status.stateSentence).toContain('does not accept the key');
    }, within);
    expect(machine.marketplace.registrations).toBe(1);
  });
});
