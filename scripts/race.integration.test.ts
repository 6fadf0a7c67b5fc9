import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { outcome } from '@node3/agent/testing/test-agent';
import { getAdminStats, getTreasury } from '@node3/shared/routes/admin';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DevNetwork, startDevNetwork } from './dev-network.ts';
import { expectPaidExactly } from './paid-exactly.ts';

const agentsCount = 20;
const jobsCount = 200;
/** More at once wait for the one processor that agents, chain and marketplace share here. */
const postedAtOnce = 25;
const rewardLamports = 1_000_000n;
const raceJob = {
  workload: { kind: 'container' as const, command: ['true'] },
  resources: { cpus: 0.1, memoryBytes: 16 * 1024 * 1024 },
  price: { kind: 'fixed' as const, reward: { amount: '0.001', asset: 'SOL' as const } },
};

let network: DevNetwork;

beforeAll(async () => {
  network = await startDevNetwork();
});
afterAll(() => network.stop());

/** Counts every start, so that a job that ran twice is seen even if only one was paid. */
function countingExecutor(started: Map<string, number>) {
  const executor = new FakeExecutor();
  executor.programProbe({ available: true, problems: [], isolationEffective: null });
  const prepare = { imageId: 'sha256:1', imageDigest: null, sizeBytes: 1, pulled: false };
  executor.program('*', { prepare, start: { startedAtMs: Date.now() }, outcome: outcome() });
  const start = executor.start.bind(executor);
  executor.start = (request) => {
    started.set(request.jobId, (started.get(request.jobId) ?? 0) + 1);
    return start(request);
  };
  return executor;
}

describe('twenty agents and two hundred jobs', () => {
  it('[1.15] [12.15] give every job one winner, pay every winner once, and balance', async () => {
    const started = new Map<string, number>();
    const agents = await Promise.all(
      Array.from({ length: agentsCount }, (_, index) =>
        network.startAgent(`racer-${index}`, {
          parts: { createExecutors: () => [countingExecutor(started)] },
        }),
      ),
    );
    await Promise.all(agents.map((agent) => agent.ready()));
    const requester = await network.openRequester();
    const posted: { jobId: string }[] = [];
    while (posted.length < jobsCount) {
      const post = () => requester.client.call(createJob, { body: raceJob });
      posted.push(...(await Promise.all(Array.from({ length: postedAtOnce }, post))));
    }
    await vi.waitFor(
      async () => {
        const { overview } = await network.operator.call(getAdminStats, {});
        expect(overview.payouts['finalized']).toBe(jobsCount);
      },
      { timeout: 60_000, interval: 250 },
    );
    expect(started.size).toBe(jobsCount);
    expect([...started.values()].every((count) => count === 1)).toBe(true);
    const details = await Promise.all(
      posted.map(({ jobId }) => requester.client.call(getJob, { params: { jobId } })),
    );
    const unusual = details
      .filter((job) => job.state !== 'succeeded' || job.executions.length !== 1)
      .map((job) => ({ state: job.state, executions: job.executions }));
    expect(unusual).toEqual([]);
    const { ledger } = await network.operator.call(getAdminStats, {});
    expect(ledger.balanced).toBe(true);

    await expectPaidExactly(network, rewardLamports);
    const treasury = await network.operator.call(getTreasury, {});
    expect(treasury.escrow.SOL.amount).toBe('0');
  }, 120_000);
});
