import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerWorkload, ExecutionOutcome, ExecutionRequest } from '../executor.ts';
import { SecretFiles } from '../secret-files.ts';
import { DockerExecutor, type DockerExecutorDeps } from './docker-executor.ts';
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
    return {
      executionId: systemIds.next('execution'),
      jobId: systemIds.next('job'),
      attempt: 1,
      agentId,
      workload: {
        kind: 'container',
        image,
        command: null,
        entrypoint: ['sh', '-c', script],
        workdir: null,
        env: {},
        stdin: null,
        ...changes,
      },
      inputs: [{ path: 'a.txt', content: Buffer.from('alpha ') }],
      limits: {
        cpus: 1,
        memoryBytes: 64 * mebibyte,
        diskBytes: 16 * mebibyte,
        shmBytes: 8 * mebibyte,
        pidsMax: 64,
        runMs: 60_000,
        logBytesMax: mebibyte,
      },
      network: 'none',
      devices: [],
    };
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
    expect(lines.filter((line) => line !== 'err')).toEqual([
      'uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)',
      'CapEff 0000000000000000',
      'CapBnd 0000000000000000',
      'NoNewPrivs 1',
      'Seccomp 2',
      expect.stringMatching(/^67108864 64 100000 100000 $/),
      // The disk of the engine and the job's own, where this process sees them.
      isReachable ? '2' : '0',
      '1',
      'alpha secret',
      '3',
    ]);
    expect(lines).toContain('err');
    expect(outcome).toMatchObject({ exitCode: 3, reason: 'nonzero_exit', output: { a: 1 } });
    await executor.remove(request.executionId);
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
