import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleContainer, sampleRequest } from '../../testing/sample-request.ts';
import type { ContainerWorkload, ExecutionOutcome, ExecutionRequest } from '../executor.ts';
import { SecretFiles } from '../secret-files.ts';
import { DockerExecutor, type DockerExecutorDeps } from './docker-executor.ts';
import { connectEngine } from './engine-socket.ts';
import { mustSkipPodman, PodmanTestEngine } from './podman-test-engine.ts';

const agentId = `agt_podman_${process.pid}`;
const mebibyte = 1024 * 1024;
const never = new AbortController().signal;

/** What holds the job by the kernel's word, as one line each. */
const report = `id
sed -nE 's/^(CapBnd|CapEff|NoNewPrivs|Seccomp):[^0-9]*/\\1 /p' /proc/self/status
cd /sys/fs/cgroup; if test -e pids.max; then cat memory.max pids.max cpu.max | tr '\\n' ' '
else cat memory/memory.limit_in_bytes pids/pids.max cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us | tr '\\n' ' '; fi; echo
cat blkio/blkio.throttle.write_bps_device io.max 2>/dev/null | wc -l
grep -c : /proc/net/dev
for place in / /etc /input /bin /dev; do (echo x > $place/pwn) 2>/dev/null && echo "wrote $place"; done
for place in /tmp /run /var/tmp /output /outputs; do echo x > $place/own || echo "no $place"; done
rm /output/own; cat /input/a.txt /run/secrets/KEY; echo
grep -E ' (/tmp|/run|/var/tmp) ' /proc/self/mounts | grep -c 'size='
echo '{"a":1}' > /output/output.json; echo err >&2; exit 3`;

/** What that says of a job that is held in. */
const heldIn = (disksLimited: number, cpuQuotaUs = 100_000) => [
  'uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)',
  'CapEff 0000000000000000',
  'CapBnd 0000000000000000',
  'NoNewPrivs 1',
  'Seccomp 2',
  `67108864 64 ${cpuQuotaUs} 100000 `,
  String(disksLimited),
  '1',
  'alpha secret',
  '3',
];

/** Where engines look for CDI files; this one describes a device of no card. */
const cdiFile = `/var/run/cdi/node3-test-${process.pid}.json`;
const gpu = `GPU-${randomUUID()}`;

describe.skipIf(mustSkipPodman())('Podman', () => {
  let engine: PodmanTestEngine;
  let image = '';
  let usual: DockerExecutor;
  const executors: DockerExecutor[] = [];
  beforeAll(async () => {
    engine = await PodmanTestEngine.create();
    image = await engine.prepareImage();
    await mkdir(join(engine.folder, 'volumes'));
    usual = make();
  }, 60_000);
  afterAll(async () => {
    for (const executor of executors) {
      for (const { executionId } of await executor.list()) await executor.remove(executionId);
      await executor.close();
    }
    await engine.remove();
  }, 60_000);

  function make(changes: Partial<DockerExecutorDeps> = {}): DockerExecutor {
    const executor = new DockerExecutor({
      docker: engine.docker,
      agentId,
      clock: systemClock,
      log: silentLogger,
      volumeFolder: join(engine.folder, 'volumes'),
      secretFiles: new SecretFiles({ root: join(engine.folder, 'secrets'), kind: 'memory' }),
      diskBytesPerSec: 64 * mebibyte,
      ...changes,
    });
    executors.push(executor);
    return executor;
  }

  function build(script: string, changes: Partial<ContainerWorkload> = {}): ExecutionRequest {
    const workload = sampleContainer({ image, entrypoint: ['sh', '-c', script], ...changes });
    const inputs = [{ path: 'a.txt', content: Buffer.from('alpha ') }];
    const request = sampleRequest({ agentId, workload, inputs });
    return { ...request, limits: { ...request.limits, memoryBytes: 64 * mebibyte } };
  }

  async function run(
    executor: DockerExecutor,
    request: ExecutionRequest,
  ): Promise<{ outcome: ExecutionOutcome; lines: string[] }> {
    await executor.prepare(request, never, () => undefined);
    await executor.start(request);
    const lines: string[] = [];
    const [outcome] = await Promise.all([
      executor.wait(request.executionId, never),
      executor.logs(request.executionId, {}, ({ text }) => void lines.push(text), never),
    ]);
    return { outcome, lines };
  }

  it('[6.03] says what is in force', async () => {
    const status = await usual.probe();
    expect(status.problems).toEqual([]);
    expect(status.isolationEffective).toMatchObject({
      engine: 'podman',
      runtime: 'runc',
      outputs: 'fixed size',
      nvidia: null,
    });
    expect(status.isolationEffective?.runtimeVersion).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('takes no jobs for a runtime it would not use', async () => {
    const { problems } = await make({ runtime: 'runsc' }).probe();
    expect(problems.map(({ code }) => code)).toContain('runtime_other');
  });

  it.each(['reachable', 'through the engine'])('holds a job in, its volumes %s', async (reach) => {
    const isReachable = reach === 'reachable';
    const executor = make({ volumesReachable: isReachable });
    const request = { ...build(report), secretFiles: { KEY: 'secret' } };
    const { outcome, lines } = await run(executor, request);
    // The disk of the engine and the job's own are limited where this process sees them.
    expect(lines.filter((line) => line !== 'err')).toEqual(heldIn(isReachable ? 2 : 0));
    expect(lines).toContain('err');
    expect(outcome).toMatchObject({ exitCode: 3, reason: 'nonzero_exit', output: { a: 1 } });
    await executor.remove(request.executionId);
  });

  describe('with a CDI file for NVIDIA devices', () => {
    beforeAll(async () => {
      const tool = join(engine.folder, 'nvidia-smi');
      await writeFile(tool, `#!/bin/sh\necho "GPU 0: NVIDIA A100 (UUID: ${gpu})"\n`, {
        mode: 0o755,
      });
      const containerEdits = {
        deviceNodes: [{ path: '/dev/nvidia7', hostPath: '/dev/null' }],
        mounts: [{ hostPath: tool, containerPath: '/usr/bin/nvidia-smi', options: ['ro', 'bind'] }],
      };
      const devices = [{ name: gpu, containerEdits }];
      await mkdir(dirname(cdiFile), { recursive: true });
      const text = JSON.stringify({ cdiVersion: '0.5.0', kind: 'nvidia.com/gpu', devices });
      await writeFile(cdiFile, text);
    });
    afterAll(() => rm(cdiFile));

    const devices = [{ uuid: gpu, vendor: 'nvidia' as const }];

    it('threat 4: gives a job what it leased, and holds it in like any other', async () => {
      const executor = make({ docker: withoutPinning(engine) });
      expect((await executor.probe()).isolationEffective).toMatchObject({ nvidia: 'cdi' });
      const look = `ls /dev/nvidia*; nvidia-smi -L;\n${report}`;
      const sample = build(look);
      const limits = { ...sample.limits, cpus: 1 / 3 };
      const request = { ...sample, limits, secretFiles: { KEY: 'secret' }, devices };
      const { outcome, lines } = await run(executor, request);
      expect(lines.filter((line) => line !== 'err')).toEqual([
        '/dev/nvidia7',
        `GPU 0: NVIDIA A100 (UUID: ${gpu})`,
        ...heldIn(2, 33_333),
      ]);
      expect(outcome).toMatchObject({ exitCode: 3, output: { a: 1 } });
      await executor.remove(request.executionId);
    });

    it('refuses where another device is seen, or none by that name is there', async () => {
      const executor = make({ docker: withoutPinning(engine) });
      const other = { uuid: `GPU-${randomUUID()}`, vendor: 'nvidia' as const };
      for (const leased of [[...devices, other], [other]]) {
        const request = { ...build('true'), devices: leased };
        await expect(executor.start(request)).rejects.toThrow(other.uuid);
        const filters = JSON.stringify({ name: [request.executionId] });
        expect(await engine.docker.listContainers({ all: true, filters })).toEqual([]);
      }
    });

    it('starts none that Podman made looser than it was asked for', async () => {
      const executor = make({
        docker: withoutPinning(engine, ['"cap_drop":["ALL"]', '"cap_drop":[]']),
      });
      const starting = executor.start({ ...build('true'), devices });
      await expect(starting).rejects.toThrow(/with capabilities: .*CAP_.* It is not started/);
    });
  });

  it('feeds standard input, and nothing beside it', async () => {
    const { lines } = await run(usual, build('cat; echo end', { stdin: 'one\ntwo\n' }));
    expect(lines).toEqual(['one', 'two', 'end']);
  });

  it('gives out no image that was built here for others, whatever a job calls it', async () => {
    await engine.docker.getImage(image).tag({ repo: 'localhost/acme/app', tag: 'v1' });
    const short = usual.start(build('true', { image: 'acme/app:v1' }));
    await expect(short).rejects.toThrow(/ambiguous on this machine/);
    const name = { repo: 'docker.io/private/secret', tag: 'v1' };
    await engine.docker.getImage(image).tag(name);
    const request = build('true', { image: 'private/secret:v1' });
    const error: unknown = await usual.start(request).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ reason: 'image_not_found' });
  });

  it('ends a job that is cancelled, and leaves nothing of it behind', async () => {
    const request = build('trap "" TERM; echo up; while :; do sleep 1; done');
    await usual.start(request);
    await usual.cancel(request.executionId, 'The requester cancelled.');
    const outcome = await usual.wait(request.executionId, never);
    expect(outcome).toMatchObject({ reason: 'cancelled', detail: 'The requester cancelled.' });
    await usual.remove(request.executionId);
    expect(await usual.list()).not.toContainEqual(
      expect.objectContaining({ executionId: request.executionId }),
    );
    expect((await readdir(join(engine.folder, 'volumes'))).join()).not.toContain(
      request.executionId,
    );
  });

  it('charges nobody for what somebody on this machine ended', async () => {
    const request = build('sleep 60');
    await usual.start(request);
    await engine.docker.getContainer(`n3-${request.executionId}`).kill({ signal: 'SIGKILL' });
    const outcome = await usual.wait(request.executionId, never);
    expect(outcome.reason).toBe('engine_error');
  });

  it('goes on with a job over a restart of the agent and of the service', async () => {
    const earlier = make();
    const script = 'while ! test -e /output/go; do sleep 0.1; done; echo done';
    const request = build(script);
    const { startedAtMs } = await earlier.start(request);
    await earlier.close();
    await engine.stop();
    await engine.start();
    const later = make();
    const owned = await later.adopt(request.executionId);
    expect(owned).toMatchObject({ state: 'running', startedAtMs, jobId: request.jobId });
    const place = await later.outputFolder(request.executionId, () => Promise.reject(new Error()));
    await mkdir(join(place ?? '', 'go'));
    const lines: string[] = [];
    await later.logs(request.executionId, {}, ({ text }) => void lines.push(text), never);
    expect(lines).toEqual(['done']);
    expect(await later.wait(request.executionId, never)).toMatchObject({ exitCode: 0 });
  });
});

/**
 * The engine as one that may pin memory, which needs a right that not every machine of tests has.
 * @param change text of a request that is another one there.
 */
function withoutPinning(engine: PodmanTestEngine, change = ['', '']): Docker {
  const docker = connectEngine({ kind: 'socket', path: join(engine.folder, 's') });
  const dial = docker.modem.dial.bind(docker.modem);
  const [from = '', to = ''] = change;
  docker.modem.dial = (options, callback) => {
    const { file, path } = options as { file?: Buffer; path: string };
    if (!path.endsWith('/libpod/containers/create')) return dial(options, callback);
    const text = String(file)
      .replace(/\{"type":"memlock"[^}]*\},?/, '')
      .replace(from, to);
    return dial({ ...options, file: Buffer.from(text) }, callback);
  };
  return docker;
}
