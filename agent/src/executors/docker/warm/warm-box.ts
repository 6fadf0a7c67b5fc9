import type Docker from 'dockerode';
import { createContainer } from '../container-launch.ts';
import { createVolumes, type ExecutionVolumeDeps } from '../execution-volumes.ts';
import { openOutput } from '../output-tap.ts';
import type { WarmBox } from './warm-pool.ts';
import type { WarmShape } from './warm-shape.ts';

/** All that a container gets of the processors while nobody pays for it: a twentieth of one. */
const waitingNanoCpus = 50_000_000;

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
  const waiting = { ...config.HostConfig, NanoCpus: Math.min(NanoCpus, waitingNanoCpus) };
  const container = await createContainer(deps.docker, { ...config, HostConfig: waiting });
  const [stream, output] = await Promise.all([
    container.attach({ stream: true, stdin: true, hijack: true }),
    openOutput(container),
  ]);
  let isOpen = true;
  const close = () => {
    isOpen = false;
  };
  stream.on('error', close);
  stream.on('close', close);
  stream.on('end', close);
  stream.resume();
  await container.start();
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
      const [waits] = await Promise.all([isWaiting(), container.update({ NanoCpus })]);
      return waits;
    },
    start: (line) => sendLine(stream, line),
  };
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
