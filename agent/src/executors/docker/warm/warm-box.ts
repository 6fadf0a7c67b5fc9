import type { Logger } from '@node3/shared/logger';
import type Docker from 'dockerode';
import { createContainer } from '../container-launch.ts';
import { createVolumes, type ExecutionVolumeDeps } from '../execution-volumes.ts';
import { checkVisibleDevices } from '../gpu-check.ts';
import type { WarmBox } from './warm-pool.ts';
import type { WarmShape } from './warm-shape.ts';

/** Makes and starts a container that waits for a job of this shape. */
export async function makeWarmBox(
  deps: ExecutionVolumeDeps & { docker: Docker; log: Logger },
  shape: WarmShape,
  boxId: string,
): Promise<WarmBox> {
  const { config: plain, request } = shape.build(boxId, null);
  const making = { ...deps, engine: 'docker' as const };
  const noFiles = { input: [], code: [] };
  const outputDevice = await createVolumes(making, request, noFiles, plain.Image ?? '');
  const { config } = shape.build(boxId, outputDevice);
  await checkVisibleDevices(deps, config, request.devices);
  const container = await createContainer(deps.docker, config);
  const stream = await container.attach({ stream: true, stdin: true, hijack: true });
  let isOpen = true;
  const close = () => {
    isOpen = false;
  };
  stream.on('error', close);
  stream.on('close', close);
  stream.on('end', close);
  stream.resume();
  await container.start();
  return {
    boxId,
    async isWaiting() {
      if (!isOpen) return false;
      const { State } = await container.inspect();
      return State.Running && !State.Paused;
    },
    start: (line) =>
      new Promise((resolve, reject) => {
        stream.once('error', reject);
        stream.end(line, resolve);
      }),
  };
}
