import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findTestEngine } from './executors/docker/docker-test-engine.ts';
import { FakeMarketplace } from './testing/fake-marketplace.ts';

const { docker, prepareImage, skip } = await findTestEngine();
const mainFile = fileURLToPath(new URL('./main.ts', import.meta.url));
const within = { timeout: 60_000, interval: 50 };

let marketplace: FakeMarketplace;
let dataDir: string;
let image: string;
let processes: ChildProcess[] = [];

/** Starts the agent as a person would: a process of its own, with environment variables. */
function startProcess(): ChildProcess {
  const child = spawn(process.execPath, [mainFile], {
    env: {
      ...env,
      MARKETPLACE_URL: marketplace.url,
      AGENT_DATA_DIR: dataDir,
      AGENT_PORT: '0',
      SKIP_GPU_CHECK: 'true',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  processes.push(child);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  const [exitCode] = (await exited) as [number | null];
  return exitCode;
}

const post = (script: string) =>
  marketplace.post({
    workload: { kind: 'container', image, entrypoint: ['sh', '-c', script] },
    resources: { memoryBytes: 64 * 1024 ** 2, diskBytes: 16 * 1024 ** 2 },
  });
const texts = (executionId: string) => [
  ...(marketplace.executions.get(executionId)?.lines.values() ?? []),
];
const resultOf = (executionId: string) => marketplace.executions.get(executionId)?.result;

describe.skipIf(skip)('the agent as a process with a real engine', () => {
  beforeEach(async () => {
    marketplace = new FakeMarketplace();
    marketplace.heartbeatMs = 1_000;
    await marketplace.start();
    dataDir = await mkdtemp(join(tmpdir(), 'node3-process-'));
    image = await prepareImage();
  });
  afterEach(async () => {
    for (const child of processes) await end(child, 'SIGKILL');
    processes = [];
    await marketplace.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('takes over a container after kill -9 and reports it once, with its whole log', async () => {
    const executionId = post('echo one; sleep 4; echo two; exit 3');
    const first = startProcess();
    await vi.waitFor(() => expect(texts(executionId)).toEqual(['one']), within);
    await end(first, 'SIGKILL');
    const second = startProcess();
    await vi.waitFor(() => expect(resultOf(executionId)).toBeTruthy(), within);
    expect(resultOf(executionId)).toMatchObject({
      outcome: 'failed',
      reason: 'nonzero_exit',
      exitCode: 3,
      logLines: 2,
    });
    expect(resultOf(executionId)?.isolation).toMatch(/^container: docker/);
    expect(texts(executionId)).toEqual(['one', 'two']);
    expect(await end(second, 'SIGTERM')).toBe(0);
    expect(marketplace.execution(executionId).resultReports).toBe(1);
    const left = await docker.listContainers({ all: true });
    expect(left.filter(({ Names }) => Names.some((name) => name.includes(executionId)))).toEqual(
      [],
    );
  });

  it('kills a cancelled container within two seconds of the message', async () => {
    const executionId = post('echo up; sleep 600');
    const agent = startProcess();
    await vi.waitFor(() => expect(texts(executionId)).toEqual(['up']), within);
    const askedAtMs = performance.now();
    marketplace.say({ type: 'cancel', executionId, attempt: 1 });
    await vi.waitFor(() => expect(resultOf(executionId)).toBeTruthy(), within);
    expect(resultOf(executionId)).toMatchObject({ reason: 'cancelled_by_requester' });
    expect(performance.now() - askedAtMs).toBeLessThan(2_500);
    await end(agent, 'SIGTERM');
  });
});
