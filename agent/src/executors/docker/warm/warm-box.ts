import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { attachOutput } from '../attached-output.ts';
import { createContainer } from '../create-container.ts';
import { engineMessage, engineStatus } from '../engine-error.ts';
import { addressOf } from '../engine-socket.ts';
import { createVolumes, type ExecutionVolumeDeps } from '../execution-volumes.ts';
import { type QuotaTarget, setCpuQuota } from './cpu-quota.ts';
import { type WarmBox, WarmRefusedError } from './warm-pool.ts';
import type { WarmShape } from './warm-shape.ts';

/** All that a container gets of the processors while nobody pays for it: a twentieth of one. */
const waitingNanoCpus = 50_000_000;

/** By then most jobs have written their first line. */
const noteAfterMs = 250;

/** Makes and starts a container that waits for a job of this shape. */
export async function makeWarmBox(
  deps: ExecutionVolumeDeps & { docker: Docker },
  shape: WarmShape,
  boxId: string,
): Promise<WarmBox> {
  const { config: plain, request } = shape.build(boxId, null);
  const making = { ...deps, engine: 'docker' as const };
  const noFiles = { input: [], code: [] };
  const outputDevice = await createVolumes(making, request, noFiles, plain.Image ?? '');
  const { config } = shape.build(boxId, outputDevice);
  const NanoCpus = config.HostConfig?.NanoCpus ?? waitingNanoCpus;
  const waitingShare = Math.min(NanoCpus, waitingNanoCpus);
  const waiting = { ...config.HostConfig, NanoCpus: waitingShare };
  const own = { ...config, HostConfig: waiting };
  const container = await createContainer(deps.docker, own, 'docker');
  const [attached, read] = await Promise.allSettled([
    container.attach({ stream: true, stdin: true, hijack: true }),
    attachOutput(addressOf(deps.docker), container.id),
  ]);
  const output = read.status === 'fulfilled' ? read.value : null;
  if (attached.status === 'rejected' || output === null) {
    if (attached.status === 'fulfilled') (attached.value as Duplex).destroy();
    output?.destroy();
    throw attached.status === 'rejected' ? attached.reason : whyUnread(read);
  }
  const stream = attached.value as Duplex;
  let isOpen = true;
  const lose = () => {
    isOpen = false;
  };
  stream.on('error', lose);
  stream.on('close', lose);
  stream.on('end', lose);
  stream.resume();
  const close = () => {
    stream.destroy();
    output.destroy();
  };
  const target = await startWaiting(container, waitingShare).catch((error: unknown) => {
    close();
    throw error;
  });
  // Another runtime pauses in a way of its own, so that the engine has to be asked.
  const isPlain = config.HostConfig?.Runtime === 'runc';
  const isWaiting = async () => {
    if (!isOpen) return false;
    const { State } = await container.inspect();
    return isOpen && State.Running && !State.Paused;
  };
  return {
    boxId,
    output,
    isWaiting,
    async claim() {
      if (isOpen && isPlain && setCpuQuota(target, NanoCpus)) return true;
      const waits = await isWaiting();
      if (waits) await container.update({ NanoCpus });
      return waits;
    },
    async start(line) {
      await sendLine(stream, line);
      // The engine's own note of it, which it might write again; a job that is over needs none. It
      // starts a program for that, which would have the processor that the job begins with.
      setTimeout(() => void container.update({ NanoCpus }).catch(() => undefined), noteAfterMs);
    },
    close,
  };
}

/**
 * Tries at once what a job will need: some runtimes change nothing of a container that runs, and then
 * none can wait for a job.
 */
async function startWaiting(container: Docker.Container, NanoCpus: number): Promise<QuotaTarget> {
  await container.start();
  try {
    const [{ State }] = await Promise.all([container.inspect(), container.update({ NanoCpus })]);
    return { pid: State.Pid, containerId: container.id };
  } catch (error) {
    const status = engineStatus(error);
    if (status === null || status === 404 || status === 409) throw error;
    throw new WarmRefusedError(engineMessage(error), { cause: error });
  }
}

/** Sends the one line that a container gets. Rejects unless all of it has gone out. */
export function sendLine(stream: NodeJS.WritableStream, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.end(line, (error?: Error | null) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** A job that waits here has its output live, or not at all: its stored log begins with the waiting. */
function whyUnread(read: PromiseSettledResult<unknown>): unknown {
  return read.status === 'rejected'
    ? read.reason
    : new WarmRefusedError('The engine is reached by way of a proxy.');
}
