import { chown } from 'node:fs/promises';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { containerName, jobUserId } from './container-config.ts';
import type { FixedVolumes } from './fixed-volumes.ts';

/**
 * Podman hands a new volume to the owner of the image's folder in its place, when the container is set
 * up. So it is set up, without being started, and the output is then given to the job.
 */
export async function handOverOutput(
  { docker, fixedVolumes }: { docker: Docker; fixedVolumes: FixedVolumes | null },
  executionId: string,
): Promise<void> {
  const place = (await fixedVolumes?.place(executionId)) ?? null;
  if (place === null) return;
  const dial = promisify(docker.modem.dial.bind(docker.modem));
  await dial({
    // Of Podman's own API: Docker's has no such step.
    path: `/v4.0.0/libpod/containers/${containerName(executionId)}/init`,
    method: 'POST',
    statusCodes: { 204: true, 304: true, 404: 'no such container', 500: 'server error' },
  });
  await chown(place, jobUserId, jobUserId);
}
