import { join } from 'node:path';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { readKeptLeases } from '@node3/agent/lease-keeper/kept-leases';
import { getAdminStats } from '@node3/shared/routes/admin';
import type { LogLine } from '@node3/shared/routes/jobs';
import { createJob, getJob, getJobLogs } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from './dev-network.ts';
import {
  listRunning,
  listTraces,
  removeTraces,
  type StartWatch,
  watchStarts,
} from './docker-traces.ts';
import { runKilledAgent } from './killed-agent/run-killed-agent.ts';
import { expectPaidExactly } from './paid-exactly.ts';
import type { ServiceProcess } from './service-process.ts';

const engine = await findTestEngine();
const { docker, prepareImage, skip } = engine;
const within = { timeout: 60_000, interval: 50 };
const rewardLamports = 1_000_000n;
const linesCount = 200;

let network: DevNetwork;
let agent: ServiceProcess;
let requester: Requester;
let image: string;
let starts: StartWatch;
const jobIds: string[] = [];
/** Called when the engine starts a container of this job. */
let onStart: (jobId: string, owner: string) => void = () => undefined;

beforeAll(async () => {
  if (skip) return;
  network = await startDevNetwork();
  [image, agent, requester, starts] = await Promise.all([
    prepareImage(),
    network.startAgentProcess('killed'),
    network.openRequester(),
    watchStarts(docker, (jobId, owner) => onStart(jobId, owner)),
  ]);
});

afterAll(async () => {
  if (skip) return;
  starts.stop();
  await network.stop();
  await Promise.all(jobIds.map((jobId) => removeTraces(docker, jobId)));
});

async function post(script: string): Promise<string> {
  const { jobId } = await requester.client.call(createJob, {
    body: {
      workload: { kind: 'container', image, command: ['sh', '-c', script] },
      resources: { cpus: 0.2, memoryBytes: 64 * 1024 ** 2, diskBytes: 16 * 1024 ** 2 },
      limits: { runSec: 60 },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    },
  });
  jobIds.push(jobId);
  return jobId;
}

async function readLines(jobId: string): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for (let after = 0; ; ) {
    const asked = { params: { jobId }, query: { after, limit: 1_000 } };
    const { data, nextAfter } = await requester.client.call(getJobLogs, asked);
    lines.push(...data);
    if (nextAfter === after) return lines;
    after = nextAfter;
  }
}

const inspect = (name: string) => docker.getContainer(name).inspect();

async function textOf(jobId: string): Promise<string[]> {
  return (await readLines(jobId)).filter(({ stream }) => stream !== 'system').map((l) => l.text);
}

const readJob = (jobId: string) => requester.client.call(getJob, { params: { jobId } });

/** Says that it started, counts slowly enough to be killed in between, and says that it is done. */
const counting = `echo started; i=0
while [ $i -lt ${linesCount} ]; do i=$((i + 1)); echo "line $i"; sleep 0.02; done
echo done`;
const countingText = [
  'started',
  ...Array.from({ length: linesCount }, (_, index) => `line ${index + 1}`),
  'done',
];

/** As long, with many lines at a time. */
const [bursts, burstLines] = [40, 500];
const flooding = `k=0
while [ $k -lt ${bursts} ]; do k=$((k + 1)); seq -f "$k-%.0f" 1 ${burstLines}; sleep 0.1; done`;
const floodingText = Array.from(
  { length: bursts * burstLines },
  (_, index) => `${Math.floor(index / burstLines) + 1}-${(index % burstLines) + 1}`,
);

async function expectWholeOnce(jobId: string, text: string[]): Promise<void> {
  await vi.waitFor(async () => expect((await readJob(jobId)).state).toBe('succeeded'), within);
  const job = await readJob(jobId);
  expect(job).toMatchObject({ attempt: 1, reason: 'exited', executions: [{ attempt: 1 }] });
  expect(await textOf(jobId)).toEqual(text);
  expect(starts.count(jobId)).toBe(1);
  await vi.waitFor(async () => expect(await listTraces(docker, jobId)).toEqual([]), within);
}

describe.skipIf(skip)('kill -9 of an agent with containers running', () => {
  it('[5.17] loses no job, runs none twice, keeps every log whole and pays each job once', async () => {
    const outliving = await post(counting);
    const flooded = await post(flooding);
    // This one ends by itself when the test says so, while no agent is there to see it.
    const orphan = await post(
      "trap 'echo bye; exit 0' USR1; echo up; while :; do sleep 0.05; done",
    );
    await vi.waitFor(async () => {
      expect((await textOf(outliving)).length).toBeGreaterThan(5);
      expect((await textOf(flooded)).length).toBeGreaterThan(5);
      expect(await textOf(orphan)).toEqual(['up']);
    }, within);

    await agent.kill();
    expect((await textOf(outliving)).length).toBeLessThan(countingText.length);
    expect((await textOf(flooded)).length).toBeLessThan(floodingText.length);
    expect(await listRunning(docker, outliving)).toHaveLength(1);
    const [container = ''] = await listRunning(docker, orphan);
    // Somebody would end them after their leases.
    const kept = readKeptLeases(join(network.folder, 'killed', 'kept-leases.json'));
    const names = kept?.leases.map(({ handle }) => handle.name) ?? [];
    const ids = await Promise.all(names.map(async (name) => (await inspect(name)).Id));
    expect(ids).toContain(container);
    const ended = docker.getContainer(container).wait();
    await docker.getContainer(container).kill({ signal: 'SIGUSR1' });
    await ended;
    const posted = await post('echo started after the kill');
    await agent.start();

    await Promise.all([
      expectWholeOnce(outliving, countingText),
      expectWholeOnce(flooded, floodingText),
      expectWholeOnce(orphan, ['up', 'bye']),
      expectWholeOnce(posted, ['started after the kill']),
    ]);
  });

  it('never starts a container again that was started as the agent died', async () => {
    const struck: string[] = [];
    const killed = new Promise<void>((resolve, reject) => {
      // Other suites start containers on the same engine.
      const own = starts.agentOf(jobIds[0] ?? '');
      onStart = (jobId, owner) => {
        if (owner !== own) return;
        if (struck.length === 0) agent.kill().then(resolve, reject);
        struck.push(jobId);
      };
    });
    const jobId = await post(counting);
    await killed;
    onStart = () => undefined;
    expect(struck).toEqual([jobId]);
    await agent.start();
    await expectWholeOnce(jobId, countingText);
  });

  it('has paid each of the five jobs exactly once', async () => {
    await vi.waitFor(async () => {
      const { overview, ledger } = await network.operator.call(getAdminStats, {});
      expect(overview.payouts['finalized']).toBe(5);
      expect(ledger.balanced).toBe(true);
    }, within);
    await expectPaidExactly(network, rewardLamports);
  });
});

/** `npm run kill-agent` does the same with 200 jobs and 50 kills, some followed by long absences. */
describe.skipIf(skip)('an agent that is killed again and again', () => {
  it('loses no job, runs none after its lease, is paid once for each and leaves nothing', async () => {
    const onProgress = () => undefined;
    const size = { jobs: 16, kills: 4, jobsAtOnce: 8, longAbsences: 0 };
    const report = await runKilledAgent({ engine, ...size, onProgress });
    process.stdout.write(`${JSON.stringify(report)}\n`);
    expect(report).toMatchObject({ findings: [], jobs: size.jobs });
    expect(report.kills).toBeGreaterThan(0);
  }, 240_000);
});
