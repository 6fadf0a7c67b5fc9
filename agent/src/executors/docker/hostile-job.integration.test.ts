import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleContainer, sampleRequest } from '../../testing/sample-request.ts';
import type { ContainerWorkload } from '../executor.ts';
import { DockerExecutor, type DockerExecutorDeps } from './docker-executor.ts';
import { findTestEngine } from './docker-test-engine.ts';

const { docker, skip, prepareImage } = await findTestEngine();
const agentId = `agt_hostile_${process.pid}`;
const mebibyte = 1024 * 1024;
const never = new AbortController().signal;

/** Quota, period and weight of the processors by the kernel's word, in control groups of either version. */
const processors = `cd /sys/fs/cgroup
if test -e cpu.max; then cat cpu.max cpu.weight
else cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpu/cpu.shares; fi | tr '\\n' ' '`;

/** Bytes per second that each disk may read and write, in the words of version 1. */
const limitsOfDisks = `cd /sys/fs/cgroup
if test -e io.max; then sed -E 's/^(.*) rbps=(.*) wbps=([^ ]*).*/\\1 \\2\\n\\1 \\3/' io.max
else cat blkio/blkio.throttle.read_bps_device blkio/blkio.throttle.write_bps_device; fi`;

/** Jobs that try to get compute for free, to blame the provider, or to take the agent down. */
describe.skipIf(skip)('a hostile job', () => {
  let image = '';
  const executors: DockerExecutor[] = [];
  const make = (changes: Partial<DockerExecutorDeps> = {}) => {
    const deps = { docker, agentId, clock: systemClock, log: silentLogger, ...changes };
    const executor = new DockerExecutor(deps);
    executors.push(executor);
    return executor;
  };
  beforeAll(async () => {
    image = await prepareImage();
  });
  afterAll(async () => {
    for (const executor of executors) {
      for (const { executionId } of await executor.list()) await executor.remove(executionId);
      await executor.close();
    }
  });

  async function start(
    executor: DockerExecutor,
    script: string,
    changes: Partial<ContainerWorkload> = {},
  ): Promise<string> {
    const entrypoint = ['sh', '-c', script];
    const workload = sampleContainer({ image, entrypoint, ...changes });
    const request = sampleRequest({ agentId, workload });
    await executor.prepare(request, never, () => undefined);
    await executor.start(request);
    return request.executionId;
  }

  it('threat 16: has no more of the processors than it was given, and comes after the owner', async () => {
    const executor = make();
    const script = `set -- $(${processors}); echo "[$1, $2, $3]" > "$OUTPUT_DIR/output.json"`;
    const id = await start(executor, script);
    const { output } = await executor.wait(id, never);
    const [quota = 0, period = 0, weight = 0] = output as number[];
    expect(quota / period).toBe(1);
    // A program of the owner's has 1024 shares, or a weight of 100; engines reckon the weight their own way.
    expect([weight === 256, weight < 100]).toContain(true);
  });

  it('threat 16: is slowed on the disk below and on the one of its output', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'node3-speed-'));
    const executor = make({ volumeFolder: folder, diskBytesPerSec: 64 * mebibyte });
    const { isolationEffective } = await executor.probe();
    expect(isolationEffective?.diskSpeed).toContain('64 MiB/s on /dev/');
    const id = await start(executor, limitsOfDisks);
    const lines: string[] = [];
    await executor.logs(id, {}, ({ text }) => void lines.push(text), never);
    const place = await executor.outputFolder(id, () => Promise.reject(new Error('none')));
    const { DockerRootDir } = (await docker.info()) as { DockerRootDir: string };
    const numbers = [DockerRootDir, place ?? ''].map((path) => {
      const { dev } = statSync(path);
      return `${(dev >> 8) & 0xfff}:${dev & 0xff}`;
    });
    const bytes = 64 * mebibyte;
    const expected = numbers.flatMap((each) => [`${each} ${bytes}`, `${each} ${bytes}`]);
    expect(lines.toSorted()).toEqual(expected.toSorted());
    await executor.remove(id);
    await rm(folder, { recursive: true });
  });

  it('keeps its end though its output is a link in a circle', async () => {
    const executor = make();
    const id = await start(executor, 'ln -s output.json "$OUTPUT_DIR/output.json"; exit 3');
    expect(await executor.wait(id, never)).toMatchObject({ reason: 'nonzero_exit', exitCode: 3 });
  });

  it.each(['/bin/sh', '/a\0b', `/${'a'.repeat(300)}`, '/input/x'])(
    'is to blame for the folder %j',
    async (workdir) => {
      const error: unknown = await start(make(), 'true', { workdir }).catch((e: unknown) => e);
      expect(error).toMatchObject({ reason: 'request_invalid' });
    },
  );

  it('is to blame for arguments that no system takes', async () => {
    const executor = make();
    const command = Array.from({ length: 100 }, () => 'x'.repeat(60_000));
    const id = await start(executor, 'true', { command });
    expect(await executor.wait(id, never)).toMatchObject({ reason: 'nonzero_exit' });
  });

  it.each(['a/../../info', 'a/../../containers', 'sha256:abc'])(
    'reaches nothing by the image name %s',
    async (name) => {
      const error: unknown = await start(make(), 'true', { image: name }).catch((e: unknown) => e);
      expect(error).toMatchObject({ reason: 'image_not_found' });
    },
  );

  it('gets no image of this machine by its id', async () => {
    const { Id } = await docker.getImage(image).inspect();
    for (const name of [Id, Id.slice(7), Id.slice(7, 13)]) {
      await expect(start(make(), 'true', { image: name })).rejects.toThrow();
    }
  });

  it('gets no image that was built here for others', async () => {
    const repo = `private-${process.pid}/secret`;
    await docker.getImage(image).tag({ repo, tag: 'v1' });
    try {
      const error = await start(make(), 'true', { image: `${repo}:v1` }).catch((e: unknown) => e);
      expect(error).toMatchObject({ reason: 'image_not_found' });
    } finally {
      await docker.getImage(`${repo}:v1`).remove();
    }
  });

  it('has its last words delivered once, line break or not', async () => {
    const executor = make();
    for (let turn = 0; turn < 8; turn += 1) {
      const id = await start(executor, 'echo first; echo first; printf last; sleep 0.02');
      const texts: string[] = [];
      await executor.logs(id, {}, ({ text }) => void texts.push(text), never);
      expect(texts).toEqual(['first', 'first', 'last']);
    }
  });

  it('is not charged when somebody on this machine ends it', async () => {
    const executor = make();
    const id = await start(executor, 'sleep 30');
    await docker.getContainer(`n3-${id}`).kill({ signal: 'SIGKILL' });
    expect(await executor.wait(id, never)).toMatchObject({ reason: 'engine_error' });
  });

  it('is charged when it ends itself', async () => {
    const executor = make();
    const id = await start(executor, 'kill -KILL $$');
    expect(await executor.wait(id, never)).toMatchObject({ reason: 'nonzero_exit', exitCode: 137 });
  });

  it('is stopped before the disk is full, wherever it hides its data', async () => {
    const executor = make({ volumesReachable: true, diskFreeBytesMin: Number.MAX_SAFE_INTEGER });
    const id = await start(executor, 'exec 3>"$OUTPUT_DIR/x"; rm "$OUTPUT_DIR/x"; sleep 20 >&3');
    const { detail, reason } = await executor.wait(id, never);
    expect({ detail, reason }).toMatchObject({ reason: 'engine_error' });
    expect(detail).toContain('disk');
  });
});
