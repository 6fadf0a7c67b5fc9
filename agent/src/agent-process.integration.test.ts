import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from '@node3/shared/client';
import { getAgentStatus } from '@node3/shared/routes/agent-local';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findTestEngine } from './executors/docker/docker-test-engine.ts';
import { CutSocket } from './testing/cut-socket.ts';
import { FakeMarketplace } from './testing/fake-marketplace.ts';

const { docker, prepareImage, skip } = await findTestEngine();
const mainFile = fileURLToPath(new URL('./main.ts', import.meta.url));
const within = { timeout: 60_000, interval: 50 };

let marketplace: FakeMarketplace;
let dataDir: string;
let image: string;
let processes: ChildProcess[] = [];

/** Starts the agent as a person would: a process of its own, with environment variables. */
function startProcess(settings: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [mainFile], {
    env: {
      ...env,
      MARKETPLACE_URL: marketplace.url,
      AGENT_DATA_DIR: dataDir,
      AGENT_PORT: '0',
      SKIP_GPU_CHECK: 'true',
      LOG_LEVEL: 'warn',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(child);
  return child;
}

/** @returns the address that it serves. */
async function untilServes(child: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: child.stdout as Readable }), 'line')) as [
    string,
  ];
  return line.replace('node3 agent: ', '');
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

beforeEach(async () => {
  marketplace = new FakeMarketplace();
  marketplace.heartbeatMs = 1_000;
  await marketplace.start();
  dataDir = await mkdtemp(join(tmpdir(), 'node3-process-'));
});
afterEach(async () => {
  for (const child of processes) await end(child, 'SIGKILL');
  processes = [];
  await marketplace.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe.skipIf(skip)('the agent as a process with a real engine', () => {
  beforeEach(async () => {
    image = await prepareImage();
  });

  it('takes over a container after kill -9 and reports it once, with its whole log', async () => {
    const bursts = Array.from({ length: 20 }, (_, burst) => 100 + burst);
    const script = `for n in ${bursts.join(' ')}; do seq "$n"00 "$n"99; echo "e$n" >&2; sleep 0.2; done`;
    const executionId = post(`${script}; exit 3`);
    const killed = startProcess();
    await vi.waitFor(() => expect(texts(executionId).length).toBeGreaterThan(300), within);
    await end(killed, 'SIGKILL');
    const last = startProcess();
    await vi.waitFor(() => expect(resultOf(executionId)).toBeTruthy(), within);
    expect(resultOf(executionId)).toMatchObject({
      outcome: 'failed',
      reason: 'nonzero_exit',
      exitCode: 3,
      logLines: 101 * bursts.length,
    });
    expect(resultOf(executionId)?.isolation).toMatch(/^container: docker/);
    const [written, told] = [/^\d/, /^e/].map((stream) =>
      texts(executionId).filter((text) => stream.test(text)),
    );
    expect(written).toEqual(Array.from({ length: 2_000 }, (_, n) => String(10_000 + n)));
    expect(told).toEqual(bursts.map((burst) => `e${burst}`));
    expect(await end(last, 'SIGTERM')).toBe(0);
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

  it('[engine_down] goes on with a job, and with its log, when the engine that was cut off is back', async () => {
    const { socketPath } = docker.modem as unknown as { socketPath: string };
    const engine = new CutSocket(socketPath, join(dataDir, 'engine.sock'));
    await engine.mend();
    const running = post("trap 'echo bye; exit 0' USR1; echo up; while :; do sleep 0.05; done");
    const child = startProcess({ DOCKER_HOST: `unix://${engine.path}` });
    const agent = createClient({ baseUrl: await untilServes(child) });
    const stateOf = async () => (await agent.call(getAgentStatus, {})).state;
    await vi.waitFor(() => expect(texts(running)).toEqual(['up']), within);
    await engine.cut();
    const refused = post('true');
    await vi.waitFor(async () => expect(await stateOf()).toBe('engine_down'), within);
    await vi.waitFor(() => expect(resultOf(refused)).toBeTruthy(), within);
    expect(resultOf(refused)).toMatchObject({ reason: 'engine_error', started: false });
    await docker.getContainer(`n3-${running}`).kill({ signal: 'SIGUSR1' });
    await docker.getContainer(`n3-${running}`).wait();
    const waiting = post('echo now');
    await engine.mend();
    await vi.waitFor(() => expect(resultOf(running)).toBeTruthy(), within);
    expect(resultOf(running)).toMatchObject({ outcome: 'succeeded', logLines: 2 });
    expect(texts(running)).toEqual(['up', 'bye']);
    await vi.waitFor(() => expect(resultOf(waiting)).toMatchObject({ exitCode: 0 }), within);
    expect(await end(child, 'SIGTERM')).toBe(0);
    await engine.cut();
  });
});

describe('the agent as a process whose marketplace is away', () => {
  it('ends at once when it is told to, however soon that is', async () => {
    await marketplace.stop();
    const ended = [0, 50, 300, 1_000].map(async (afterMs) => {
      const child = startProcess({ AGENT_DATA_DIR: join(dataDir, `${afterMs}`) });
      await untilServes(child);
      await sleep(afterMs);
      return end(child, 'SIGTERM');
    });
    expect(await Promise.all(ended)).toEqual([0, 0, 0, 0]);
  });
});
