import { buildLogConfig } from '@node3/agent/executors/docker/container-config';
import type { TestEngine } from '@node3/agent/executors/docker/docker-test-engine';

/** What a program with the same library and nothing else would do. */
export interface BareRun {
  /** From the call that creates the container to the first byte of its output. */
  firstByteMs: number;
  /** From its first byte to its last. */
  bytesPerSec: number;
  /** Times that the container printed, and when they arrived: milliseconds. */
  lateMs: number[];
}

/** A jail of the usual kind. */
const hostConfig = {
  NetworkMode: 'none',
  ReadonlyRootfs: true,
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  PidsLimit: 256,
  Memory: 256 * 1024 ** 2,
  NanoCpus: 1e9,
};

/** What keeps the log beside whoever reads it: nothing, or the engine's file of so many bytes. */
export type KeptLog = 'nothing' | { logBytesMax: number };

/** Creates, attaches, starts, reads to the end and removes. */
export async function runBare(
  docker: TestEngine['docker'],
  image: string,
  command: readonly string[],
  kept: KeptLog = 'nothing',
): Promise<BareRun> {
  const startedMs = performance.now();
  const container = await docker.createContainer({
    Image: image,
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      ...hostConfig,
      LogConfig:
        kept === 'nothing'
          ? { Type: 'none', Config: {} }
          : buildLogConfig(kept.logBytesMax, 'docker'),
    },
  });
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    await container.start();
    let [firstMs, lastMs, bytes] = [0, 0, 0];
    const lateMs: number[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      lastMs = performance.now();
      if (firstMs === 0) firstMs = lastMs;
      bytes += chunk.length;
      if (chunk.length < 64)
        lateMs.push(performance.timeOrigin + lastMs - Number(chunk.subarray(8)));
    }
    const bytesPerSec = (bytes / (lastMs - firstMs)) * 1_000;
    return { firstByteMs: firstMs - startedMs, bytesPerSec, lateMs };
  } finally {
    await container.remove({ force: true, v: true });
  }
}
