import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { limits } from '@node3/shared/limits';
import { unpackTarStream } from '../../files/unpack/unpack-tar.ts';
import { UnpackTarget, usualUnpackLimits } from '../../files/unpack/unpack-target.ts';
import { containerName } from './container-config.ts';
import { engineStatus } from './engine-error.ts';
import { type ExecutionVolumeDeps, locateOutput } from './execution-volumes.ts';

/**
 * The output volume of an ended container: as it lies on this disk, or, where that is out of reach,
 * copied through the engine into a folder of ours, plain files only. null when there is none.
 */
export async function findOutputFolder(
  deps: ExecutionVolumeDeps,
  executionId: string,
  staging: () => Promise<string>,
): Promise<string | null> {
  const place = deps.volumesReachable ? await findPlace(deps, executionId) : null;
  if (place !== null) return place;
  const container = deps.docker.getContainer(containerName(executionId));
  let archive: NodeJS.ReadableStream;
  try {
    archive = await container.getArchive({ path: '/output/.' });
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    throw error;
  }
  const folder = await staging();
  const most = { ...usualUnpackLimits, bytesMax: limits.artifactBytesPerJob };
  const target = new UnpackTarget(folder, most);
  await unpackTarStream(archive as Readable, null, target, 'skip');
  return folder;
}

async function findPlace(deps: ExecutionVolumeDeps, executionId: string): Promise<string | null> {
  try {
    const place = await locateOutput(deps, executionId);
    await access(place, constants.R_OK);
    return place;
  } catch {
    return null;
  }
}
