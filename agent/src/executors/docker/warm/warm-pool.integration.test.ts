import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { sampleContainer, sampleRequest } from '../../../testing/sample-request.ts';
import { tarOf } from '../../../testing/tar-archive.ts';
import type { ExecutionRequest, Workload } from '../../executor.ts';
import { containerName } from '../container-config.ts';
import { labelNames } from '../container-labels.ts';
import { DockerExecutor } from '../docker-executor.ts';
import { findTestEngine } from '../docker-test-engine.ts';
import { FixedVolumes } from '../fixed-volumes.ts';
import { jailProbe } from '../jail-probe.ts';
import { WarmRecords } from './warm-records.ts';

const { docker, skip, prepareImage } = await findTestEngine();
const folder = await mkdtemp(path.join(tmpdir(), 'node3-warm-'));
const volumeFolder = path.join(folder, 'volumes');
const found = skip ? null : await FixedVolumes.find(volumeFolder);
const missing = found === null ? 'no file can be mounted as a disk here' : null;
const skipped = skip || mustSkip({ resource: 'mount', missing });
const agentId = `agt_warm_${process.pid}`;
const mebibyte = 1024 * 1024;
const never = new AbortController().signal;
const within = { timeout: 30_000, interval: 50 };

/** Reads the job's own process, its variables, input and rights, and leaves an output. */
const look = `
import json, os, sys
here = json.load(open('/tmp/input.json'))
groups = ['/sys/fs/cgroup/cpu.max', '/sys/fs/cgroup/cpu/cpu.cfs_quota_us', '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us']
share = [open(each).read().split()[0] for each in groups if os.path.exists(each)]
json.dump({'n': here['n'], 'args': sys.argv[1:], 'job': os.environ['JOB_ID'], 'mine': os.environ['MINE'],
  'uid': os.getuid(), 'output': os.listdir('/output'), 'tmp': os.listdir('/tmp'), 'stdin': sys.stdin.read(),
  'input': sorted(os.listdir('/input')), 'filled': os.stat('/input/input.json').st_ctime, 'share': share}, open('/output/output.json', 'w'))
print('looked')`;

describe.skipIf(skipped)('containers that wait for jobs', () => {
  let version = 1;
  const open = (engine = docker, file = 'warm.jsonl') =>
    new DockerExecutor({
      docker: engine,
      agentId,
      clock: systemClock,
      log: silentLogger,
      volumeFolder,
      warm: {
        file: path.join(folder, file),
        policy: () => ({ containersMax: 2, version, memoryBytes: 1024 * mebibyte }),
      },
    });
  let executor = open();
  afterAll(async () => {
    for (const { executionId } of await executor.list()) await executor.remove(executionId);
    await executor.close();
    await rm(folder, { recursive: true });
  });

  const requestOf = (workload: Workload) => sampleRequest({ agentId, workload });

  const python = async (code: string, n: number): Promise<Workload> => ({
    kind: 'script',
    language: 'python',
    code,
    image: await prepareImage(),
    env: { MINE: `it's ${n}\n` },
    input: { n },
  });

  async function finish({ executionId }: ExecutionRequest) {
    const lines: string[] = [];
    const [outcome] = await Promise.all([
      executor.wait(executionId, never),
      executor.logs(executionId, {}, ({ text }) => void lines.push(text), never),
    ]);
    return { outcome, lines };
  }

  /** Names of this agent's containers that were started for no job yet, or for a later one. */
  async function listBoxes(): Promise<string[]> {
    const filters = JSON.stringify({ label: [`node3.agent=${agentId}`] });
    const found = await docker.listContainers({ all: true, filters });
    const names = found.flatMap(({ Names }) => Names.map((name) => name.slice(1)));
    return names.filter((name) => name.startsWith('n3-warm-'));
  }

  /** @returns its name. */
  async function waitForBox(except: readonly string[] = []): Promise<string> {
    return vi.waitFor(() => {
      const box = executor.waiting.find((name) => !except.includes(name));
      expect(box).toBeDefined();
      return box ?? '';
    }, within);
  }

  async function start(request: ExecutionRequest): Promise<void> {
    await executor.prepare(request, never, () => undefined);
    await executor.start(request);
  }

  it('run each one job as a container of its own would, jailed the same', async () => {
    const first = requestOf(await python(look, 1));
    await start(first);
    const own = await docker.getContainer(containerName(first.executionId)).inspect();
    expect((await finish(first)).outcome.output).toMatchObject({ n: 1, job: first.jobId });
    const box = await waitForBox();
    expect(await executor.list()).toHaveLength(1);
    const hostOf = async () => (await docker.getContainer(box).inspect()).HostConfig;
    await vi.waitFor(async () => expect((await hostOf()).NanoCpus).toBe(5e7), within);
    expect((await hostOf()).Memory).toBe(own.HostConfig.Memory);
    expect(own.HostConfig.NanoCpus).toBe(1e9);

    const second = requestOf(await python(look, 2));
    await start(second);
    const { outcome, lines } = await finish(second);
    expect(lines).toEqual(['looked']);
    expect(outcome).toMatchObject({ reason: 'exited', exitCode: 0 });
    expect(outcome.startedAtMs).toBeGreaterThan(Date.parse(own.State.StartedAt));
    expect(outcome.output).toEqual({
      n: 2,
      args: [],
      job: second.jobId,
      mine: "it's 2\n",
      uid: 65_534,
      output: [],
      tmp: ['input.json'],
      stdin: '',
      input: ['input.json'],
      filled: expect.any(Number),
      share: ['100000'],
    });
    // Nobody pays for the way of its files into the container.
    const { filled } = outcome.output as { filled: number };
    expect(outcome.startedAtMs).toBeGreaterThanOrEqual(Math.floor(filled * 1000));
    // Of the processors the engine has a note only where the job is not over by then.
    const { Mounts: _own, NanoCpus: _ownShare, ...ownHost } = own.HostConfig;
    const { Mounts: _waited, NanoCpus: _waitedShare, ...waitedHost } = await hostOf();
    expect(waitedHost).toEqual(ownHost);
    const next = await waitForBox([box]);
    expect((await executor.list()).map(({ executionId }) => executionId).sort()).toEqual(
      [first, second].map(({ executionId }) => executionId).sort(),
    );

    const third = requestOf(await python(jailProbe, 3));
    await start(third);
    await expect(docker.getContainer(containerName(third.executionId)).inspect()).rejects.toThrow();
    const probed = await finish(third);
    expect(probed.lines.filter((line) => !line.startsWith('blocked '))).toEqual(['end of probes']);
    for (const { executionId } of [first, second, third]) await executor.remove(executionId);
    expect(await listBoxes()).not.toContain(box);
    expect(await listBoxes()).not.toContain(next);
  });

  it('are found by the next process: the job’s goes on, what only waited is removed', async () => {
    const box = await waitForBox();
    const code = `import time\nprint('up', flush=True)\ntime.sleep(60)`;
    const running = requestOf(await python(code, 4));
    await start(running);
    const shareOf = async () => (await docker.getContainer(box).inspect()).HostConfig.NanoCpus;
    await vi.waitFor(async () => expect(await shareOf()).toBe(1e9), within);
    const idle = (await waitForBox([box])).slice('n3-'.length);
    const before = executor;
    executor = open();
    const owned = await executor.list();
    expect(owned.map(({ executionId }) => executionId).sort()).toEqual(
      [running.executionId, idle].sort(),
    );
    const adopted = await executor.adopt(running.executionId);
    expect(adopted).toMatchObject({ jobId: running.jobId, state: 'running' });
    await executor.cancel(running.executionId, 'enough');
    const { outcome, lines } = await finish(running);
    expect([outcome.reason, ...lines]).toEqual(['cancelled', 'up']);
    await executor.remove(running.executionId);
    // The process before is not dead here, and may be removing it at the same time.
    await vi.waitFor(() => executor.remove(idle), within);
    expect(await executor.list()).toEqual([]);
    await before.close();
  });

  it('count as never started where the agent died before it had told one what to run', async () => {
    const job = requestOf(await python(look, 6));
    await start(job);
    await finish(job);
    await executor.remove(job.executionId);
    const { Config, Image } = await docker.getContainer(await waitForBox()).inspect();
    const { executionId } = requestOf(await python(look, 7));
    // Like the one that waits, but in no process's hands any more.
    const boxId = `warm-${process.pid}`;
    const box = await docker.createContainer({
      name: containerName(boxId),
      Image,
      Entrypoint: Config.Entrypoint ?? [],
      Labels: { ...Config.Labels, [labelNames.execution]: boxId },
      NetworkDisabled: true,
      OpenStdin: true,
      StdinOnce: true,
    });
    const stdin = await box.attach({ stream: true, stdin: true, hijack: true });
    await box.start();
    stdin.end();
    await box.wait();
    const facts = { executionId, boxId, jobId: job.jobId, attempt: 1 };
    const numbers = { runMs: 60_000, diskBytes: mebibyte, logBytesMax: mebibyte, proxyPort: null };
    const records = new WarmRecords(path.join(folder, 'warm.jsonl'), silentLogger);
    const note = (isTold: boolean) =>
      records.save({ facts: { ...facts, ...numbers }, startedAtMs: systemClock.nowMs(), isTold });
    note(true);
    // A job that was told to begin can end with that code itself.
    const earlier = open();
    expect(await earlier.adopt(executionId)).toMatchObject({ state: 'exited' });
    await earlier.close();
    note(false);
    const before = executor;
    executor = open();
    expect(await executor.adopt(executionId)).toBeNull();
    await executor.remove(executionId);
    await expect(box.inspect()).rejects.toThrow();
    await before.close();
    expect(await executor.list()).toEqual([]);
  });

  it('are for nobody when the name of their image stands for another one', async () => {
    const repo = `node3/warm-${process.pid}`;
    const image = `${repo}:local`;
    const base = await prepareImage();
    await docker.getImage(base).tag({ repo, tag: 'local' });
    const requests = [1, 2].map((n) => {
      const command = ['sh', '-c', `cat /which 2>/dev/null || echo ${n}`];
      return requestOf(sampleContainer({ image, command }));
    });
    const [first, second] = requests as [ExecutionRequest, ExecutionRequest];
    await start(first);
    expect((await finish(first)).lines).toEqual(['1']);
    const box = await waitForBox();
    const other = await docker.createContainer({ Image: base, Cmd: ['true'] });
    await other.putArchive(await tarOf([{ name: 'which', text: 'another', mode: 0o644 }]), {
      path: '/',
    });
    await other.commit({ repo, tag: 'local' });
    await other.remove();
    await vi.waitFor(async () => {
      const { executionId } = second;
      await executor.remove(executionId);
      await start(second);
      expect((await finish(second)).lines).toEqual(['another']);
    }, within);
    for (const { executionId } of requests) await executor.remove(executionId);
    expect(await listBoxes()).toContain(box);
    await docker.getImage(image).remove({ force: true });
  });

  it('are let go when the policy changes', async () => {
    const job = requestOf(await python(look, 5));
    await start(job);
    await finish(job);
    const box = await waitForBox();
    version = 2;
    await vi.waitFor(async () => expect(await listBoxes()).not.toContain(box), within);
    await executor.remove(job.executionId);
  });

  it('are not made where the runtime lets none change, and every job runs all the same', async () => {
    const other = open(await refusingUpdates(), 'other.jsonl');
    const request = requestOf(await python('print(1)', 5));
    try {
      await other.prepare(request, never, () => undefined);
      await other.start(request);
      await vi.waitFor(async () => {
        const { isolationEffective } = await other.probe();
        expect(isolationEffective?.warmContainers).toBe('none: update is not supported');
      }, within);
      expect(await other.tryWarm(request)).toBe('update is not supported');
      expect(await other.wait(request.executionId, never)).toMatchObject({ exitCode: 0 });
      await vi.waitFor(
        async () => expect((await listBoxes()).sort()).toEqual(executor.waiting.sort()),
        within,
      );
    } finally {
      await other.remove(request.executionId);
      await other.close();
    }
  });
});

/** The engine of this machine, as one answers whose runtime has no such command. */
async function refusingUpdates(): Promise<typeof docker> {
  const { docker: engine } = await findTestEngine();
  const { modem } = engine;
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => {
    if (!/\/update\b/.test(options.path)) return dial(options, callback);
    const refusal = Object.assign(new Error('no'), {
      statusCode: 500,
      json: { message: 'update is not supported' },
    });
    callback?.(refusal, null);
  };
  return engine;
}
