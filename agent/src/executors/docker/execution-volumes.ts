import { constants, createReadStream } from 'node:fs';
import { access, chmod, chown, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import tar from 'tar-stream';
import type { ExecutionRequest, OwnedExecution } from '../executor.ts';
import type { JobFile, JobFiles } from '../job-files.ts';
import { putJobFile } from '../put-job-file.ts';
import { containerName, jobUserId, volumeNames } from './container-config.ts';
import { labelNames, readLabels, writeLabels } from './container-labels.ts';
import { ignoreMissing } from './engine-error.ts';
import { gpuCheckName } from './gpu-check.ts';

export interface ExecutionVolumeDeps {
  docker: Docker;
  /** True when this process is root on the engine's machine and sees its volumes. */
  volumesReachable: boolean;
}

interface SeededVolume {
  name: string;
  target: string;
  files: readonly JobFile[];
  ownerId: number;
}

/**
 * Every execution has engine volumes of its own: inputs and code, which the job can only read,
 * and its output. Volumes and not host directories, because the engine then owns permissions and
 * deletion whatever its user mapping is and wherever it runs. A volume has no size of its own:
 * the disk limit is enforced by measuring it while the job runs (see container-usage.ts).
 */
export async function createVolumes(
  deps: ExecutionVolumeDeps,
  request: ExecutionRequest,
  files: JobFiles,
  imageId: string,
): Promise<void> {
  const names = volumeNames(request.executionId);
  const volumes: SeededVolume[] = [
    { name: names.input, target: 'input', files: files.input, ownerId: 0 },
    { name: names.output, target: 'output', files: [], ownerId: jobUserId },
  ];
  if (files.code.length > 0) {
    volumes.push({ name: names.code, target: 'job', files: files.code, ownerId: 0 });
  }
  const labels = writeLabels(request);
  await Promise.all(
    volumes.map(({ name }) => deps.docker.createVolume({ Name: name, Labels: labels })),
  );
  const places = deps.volumesReachable ? await locate(deps, volumes) : null;
  if (places === null) await seedThroughEngine(deps, request, volumes, imageId);
  else await Promise.all(volumes.map((volume, i) => seedDirectly(volume, places[i] ?? '')));
}

/** @returns where the volumes lie in this machine's file system, or null when out of reach. */
async function locate(
  deps: ExecutionVolumeDeps,
  volumes: readonly SeededVolume[],
): Promise<string[] | null> {
  try {
    return await Promise.all(
      volumes.map(async ({ name }) => {
        const { Mountpoint } = await deps.docker.getVolume(name).inspect();
        await access(Mountpoint, constants.W_OK);
        return Mountpoint;
      }),
    );
  } catch {
    return null;
  }
}

/** The fresh volume belongs to the engine's root; with user mapping that is an offset to add. */
async function seedDirectly(volume: SeededVolume, place: string): Promise<void> {
  const { uid: rootId } = await stat(place);
  for (const file of volume.files) {
    const target = path.join(place, file.path);
    await mkdir(path.dirname(target), { recursive: true, mode: 0o755 });
    await putJobFile(file, target);
    await chown(target, rootId, rootId);
  }
  await chmod(place, 0o755);
  await chown(place, rootId + volume.ownerId, rootId + volume.ownerId);
}

/** Where the engine's disk is out of reach, a container that never starts carries the files in. */
async function seedThroughEngine(
  deps: ExecutionVolumeDeps,
  request: ExecutionRequest,
  volumes: readonly SeededVolume[],
  imageId: string,
): Promise<void> {
  const loader = await deps.docker.createContainer({
    name: loaderName(request.executionId),
    Image: imageId,
    Entrypoint: ['none'],
    Cmd: [],
    NetworkDisabled: true,
    HostConfig: {
      NetworkMode: 'none',
      Binds: volumes.map(({ name, target }) => `${name}:/${target}:rw,nocopy`),
    },
  });
  try {
    const pack = tar.pack();
    const entries: { name: string; file: JobFile }[] = [];
    for (const { target, files, ownerId } of volumes) {
      pack.entry({
        name: `${target}/`,
        type: 'directory',
        mode: 0o755,
        uid: ownerId,
        gid: ownerId,
      });
      for (const file of files) {
        entries.push({ name: `${target}/${file.path}`, file });
      }
    }
    const packing = packFiles(pack, entries);
    await loader.putArchive(Readable.from(pack), { path: '/' });
    await packing;
  } finally {
    await ignoreMissing(loader.remove({ force: true, v: true }));
  }
}

async function packFiles(
  pack: tar.Pack,
  entries: readonly { name: string; file: JobFile }[],
): Promise<void> {
  for (const { name, file } of entries) {
    const header = { name, mode: 0o444, uid: 0, gid: 0 };
    if ('content' in file) {
      pack.entry(header, Buffer.from(file.content));
      continue;
    }
    const { size } = await stat(file.file);
    await pipeline(createReadStream(file.file), pack.entry({ ...header, size }));
  }
  pack.finalize();
}

/** Named, so that one which a crash left behind is found: it would hold on to its volumes. */
function loaderName(executionId: string): string {
  return `${containerName(executionId)}-loader`;
}

export async function removeVolumes(docker: Docker, executionId: string): Promise<void> {
  for (const name of [loaderName(executionId), gpuCheckName(containerName(executionId))]) {
    await ignoreMissing(docker.getContainer(name).remove({ force: true, v: true }));
  }
  const names = Object.values(volumeNames(executionId));
  await Promise.all(names.map((name) => ignoreMissing(docker.getVolume(name).remove())));
}

/** @returns the executions of an agent that have volumes, with or without a container. */
export async function listVolumeOwners(docker: Docker, agentId: string): Promise<OwnedExecution[]> {
  const filters = JSON.stringify({ label: [`${labelNames.agent}=${agentId}`] });
  const { Volumes } = await docker.listVolumes({ filters });
  const owners = new Map<string, OwnedExecution>();
  for (const volume of Volumes ?? []) {
    const facts = readLabels(volume.Labels);
    if (facts === null) continue;
    const { executionId, jobId, attempt } = facts;
    owners.set(executionId, { executionId, jobId, attempt, state: 'created', startedAtMs: null });
  }
  return [...owners.values()];
}
