import { FakeExecutor } from '@node3/agent/executors/fake/fake-executor';
import { outcome } from '@node3/agent/testing/test-agent';
import { getAdminStats } from '@node3/shared/routes/admin';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { getRun, type StartRun, startRun } from '@node3/shared/routes/redmind';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from './dev-network.ts';
import { expectPaidExactly } from './paid-exactly.ts';

const jobsCount = 50;
const agentsCount = 5;
const rewardLamports = 1_000_000n;
const patience = { timeout: 60_000, interval: 200 };

let network: DevNetwork;
let requester: Requester;
/** Executions that began, in their order. */
const started: string[] = [];
const executors = Array.from({ length: agentsCount }, () => patientExecutor());

beforeAll(async () => {
  network = await startDevNetwork({ marketplaceIn: 'child' });
  const agents = await Promise.all(
    executors.map((executor, index) =>
      network.startAgent(`worker-${index}`, {
        config: { slots: jobsCount / agentsCount, cpus: 64, memoryBytes: 64 * 1024 ** 3 },
        parts: { createExecutors: () => [executor] },
      }),
    ),
  );
  await Promise.all(agents.map((agent) => agent.ready()));
  requester = await network.openRequester();
});
afterAll(() => network.stop());

function finish(executionId: string): void {
  for (const executor of executors) {
    if (executor.calls.includes(`start ${executionId}`)) executor.finish(executionId, outcome());
  }
}

/** Runs what it is given until the test says that it is done. */
function patientExecutor() {
  const executor = new FakeExecutor();
  executor.programProbe({ available: true, problems: [], isolationEffective: null });
  const prepare = { imageId: 'sha256:1', imageDigest: null, sizeBytes: 1, pulled: false };
  executor.program('*', {
    prepare,
    start: { startedAtMs: Date.now() },
    outcomeOfCancel: outcome(),
  });
  const start = executor.start.bind(executor);
  executor.start = async (request) => {
    const result = await start(request);
    started.push(request.executionId);
    return result;
  };
  return executor;
}

describe('kill -9 of the marketplace in the middle of fifty running jobs', () => {
  it('[4.22] ends them all, runs none twice and pays each once', async () => {
    const jobs = await Promise.all(
      Array.from({ length: jobsCount }, () =>
        requester.client.call(createJob, {
          body: {
            workload: { kind: 'container', command: ['true'] },
            resources: { cpus: 0.1, memoryBytes: 16 * 1024 * 1024 },
            price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
          },
        }),
      ),
    );
    await vi.waitFor(() => expect(started).toHaveLength(jobsCount), patience);

    await network.child?.kill();
    for (const executionId of started.slice(0, jobsCount / 2)) finish(executionId);
    await network.child?.start();
    for (const executionId of started.slice(jobsCount / 2)) finish(executionId);

    await vi.waitFor(async () => {
      const { overview, ledger } = await network.operator.call(getAdminStats, {});
      expect(overview.payouts['finalized']).toBe(jobsCount);
      expect(ledger.balanced).toBe(true);
    }, patience);
    const details = await Promise.all(
      jobs.map(({ jobId }) => requester.client.call(getJob, { params: { jobId } })),
    );
    expect(details.filter((job) => job.state !== 'succeeded')).toEqual([]);
    expect(started).toHaveLength(jobsCount);
    await expectPaidExactly(network, rewardLamports);
  });
});

describe('kill -9 of the marketplace in the middle of a run of a flow', () => {
  it('[2.14] goes on with the job and the timer that were under way, and pays once', async () => {
    const before = started.length;
    const price = { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } };
    const workload = { kind: 'container', command: ['true'] };
    const resources = { cpus: 0.1, memoryBytes: 16 * 1024 * 1024 };
    const body: StartRun = {
      flow: {
        start: 'in',
        nodes: [
          { id: 'in', type: 'input' },
          { id: 'job', type: 'job', config: { spec: { workload, resources, price } } },
          { id: 'wait', type: 'wait', config: { seconds: 2 } },
          {
            id: 'join',
            type: 'transform',
            config: { value: ['{{steps.job.state}}', '{{steps.wait}}'] },
          },
        ],
        edges: [
          { id: '1', source: 'in', target: 'job' },
          { id: '2', source: 'in', target: 'wait' },
          { id: '3', source: 'job', target: 'join' },
          { id: '4', source: 'wait', target: 'join' },
        ],
      },
      input: 'x',
    };
    const { runId } = await requester.client.call(startRun, { body });
    await vi.waitFor(() => expect(started).toHaveLength(before + 1), patience);
    await network.child?.kill();
    await network.child?.start();
    const read = () => requester.client.call(getRun, { params: { runId } });
    await vi.waitFor(async () => {
      const { trace } = await read();
      expect(trace.map(({ status }) => status)).toEqual([
        'completed',
        'running',
        'completed',
        'pending',
      ]);
    }, patience);
    finish(started.at(-1) ?? '');
    await vi.waitFor(async () => {
      expect(await read()).toMatchObject({ status: 'completed', result: ['succeeded', 'x'] });
    }, patience);
    await vi.waitFor(async () => {
      const { overview, ledger } = await network.operator.call(getAdminStats, {});
      expect(overview.payouts['finalized']).toBe(jobsCount + 1);
      expect(ledger.balanced).toBe(true);
    }, patience);
    expect(started).toHaveLength(before + 1);
    await expectPaidExactly(network, rewardLamports);
  });
});
