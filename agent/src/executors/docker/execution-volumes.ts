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
import { containerName, type EngineTraits, jobUserId, volumeNames } from './container-config.ts';
import { labelNames, readLabels, writeLabels } from './container-labels.ts';
import { ignoreMissing } from './engine-error.ts';
import type { FixedVolumes, VolumeOptions } from './fixed-volumes.ts';
import { gpuCheckName } from './gpu-check.ts';

export interface ExecutionVolumeDeps {
  docker: Docker;
  /** True when this process is root on the engine's machine and sees its volumes. */
  volumesReachable: boolean;
  /** Output volumes of fixed size; null where there are none, and they are measured only. */
  fixedVolumes: FixedVolumes | null;
}

type VolumeMakingDeps = ExecutionVolumeDeps & Pick<EngineTraits, 'engine'>;

interface SeededVolume {
  name: string;
  target: string;
  files: readonly JobFile[];
  ownerId: number;
}

/**
 * Every execution has engine volumes of its own: inputs and code, which the job can only read,
 * and its output. Volumes and not host directories, because the engine then owns permissions and
 * deletion whatever its user mapping is and wherever it runs. Where output volumes have no size of
 * their own, the disk limit is enforced by measuring while the job runs (see container-usage.ts).
 * @returns the output's device, or null where it has none of its own.
 */
export async function createVolumes(
  deps: VolumeMakingDeps,
  request: ExecutionRequest,
  files: JobFiles,
  imageId: string,
): Promise<string | null> {
  const names = volumeNames(request.executionId);
  const volumes: SeededVolume[] = [
    { name: names.input, target: 'input', files: files.input, ownerId: 0 },
    { name: names.output, target: 'output', files: [], ownerId: jobUserId },
  ];
  if (request.workload.kind === 'script') {
    volumes.push({ name: names.code, target: 'job', files: files.code, ownerId: 0 });
  }
  const labels = writeLabels(request);
  const create = (name: string, options: object = {}) =>
    deps.docker.createVolume({ Name: name, Labels: labels, ...options });
  // The labels of these let everything else be found that a crash leaves behind.
  const plain = volumes.filter(({ name }) => name !== names.output);
  await Promise.all(plain.map(({ name }) => create(name)));
  const fixed = await makeFixedOutput(deps, request);
  await create(names.output, { DriverOpts: outputOptions(deps.engine, fixed) });
  const places = deps.volumesReachable ? await locate(deps, volumes) : null;
  if (places === null) {
    await seedThroughEngine(deps, request, volumes, imageId);
    return fixed?.device ?? null;
  }
  // A fresh volume belongs to the engine's root; with user mapping that is an offset to add.
  const { uid: rootId } = await stat(places[0] ?? '');
  const output = (await deps.fixedVolumes?.place(request.executionId)) ?? null;
  await Promise.all(
    volumes.map((volume, i) => {
      const place = volume.name === names.output && output !== null ? output : (places[i] ?? '');
      return seedDirectly(volume, place, rootId);
    }),
  );
  return fixed?.device ?? null;
}

/** Podman hands a volume to the owner of the image's folder when it is first used, but for such a one. */
function outputOptions(
  engine: EngineTraits['engine'],
  fixed: VolumeOptions | null,
): Record<string, string> {
  if (engine === 'docker') return { ...fixed };
  return fixed === null ? { o: `uid=${jobUserId},gid=${jobUserId}` } : { ...fixed };
}

/** Brings the files of a job into volumes that were made before it was known. */
export async function fillVolumes(
  deps: ExecutionVolumeDeps,
  boxId: string,
  { code, input }: JobFiles,
): Promise<void> {
  const names = volumeNames(boxId);
  const volumes: SeededVolume[] = [
    { name: names.input, target: 'input', files: input, ownerId: 0 },
    { name: names.code, target: 'job', files: code, ownerId: 0 },
  ].filter(({ files }) => files.length > 0);
  const places = await locate(deps, volumes);
  if (places === null) throw new Error('the volumes of a container that waited are out of reach');
  await Promise.all(
    volumes.map(async (volume, i) => {
      const place = places[i] ?? '';
      await seedDirectly(volume, place, (await stat(place)).uid);
    }),
  );
}

/** @returns null where the output is a plain volume of the engine. */
async function makeFixedOutput(
  { fixedVolumes, volumesReachable }: ExecutionVolumeDeps,
  { executionId, limits }: ExecutionRequest,
) {
  if (fixedVolumes === null || !volumesReachable) return null;
  if (!fixedVolumes.suits(limits.diskBytes)) return null;
  return await fixedVolumes.create(executionId, limits.diskBytes);
}

/** Where this machine sees an execution's output. Throws the engine's error when it has none. */
export async function locateOutput(
  { docker, fixedVolumes }: Pick<ExecutionVolumeDeps, 'docker' | 'fixedVolumes'>,
  executionId: string,
): Promise<string> {
  const own = (await fixedVolumes?.place(executionId)) ?? null;
  if (own !== null) return own;
  const { Mountpoint } = await docker.getVolume(volumeNames(executionId).output).inspect();
  return Mountpoint;
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

async function seedDirectly(volume: SeededVolume, place: string, rootId: number): Promise<void> {
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
  deps: Pick<VolumeMakingDeps, 'docker' | 'engine'>,
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
    // Podman finds a volume by its path alone: under the root it would put files beside it.
    const groups =
      deps.engine === 'podman'
        ? volumes.map((volume) => ({ path: `/${volume.target}`, volumes: [volume] }))
        : [{ path: '/', volumes }];
    for (const group of groups) await putVolumes(loader, group.path, group.volumes);
  } finally {
    await ignoreMissing(loader.remove({ force: true, v: true }));
  }
}

async function putVolumes(
  loader: Docker.Container,
  place: string,
  volumes: readonly SeededVolume[],
): Promise<void> {
  const pack = tar.pack();
  const entries: { name: string; file: JobFile }[] = [];
  for (const { target, files, ownerId } of volumes) {
    const name = path.posix.relative(place, `/${target}`) || '.';
    pack.entry({ name: `${name}/`, type: 'directory', mode: 0o755, uid: ownerId, gid: ownerId });
    for (const file of files) entries.push({ name: path.posix.join(name, file.path), file });
  }
  const packing = packFiles(pack, entries);
  await loader.putArchive(Readable.from(pack), { path: place });
  await packing;
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

export async function removeVolumes(
  { docker, fixedVolumes }: Pick<ExecutionVolumeDeps, 'docker' | 'fixedVolumes'>,
  executionId: string,
): Promise<void> {
  for (const name of [loaderName(executionId), gpuCheckName(containerName(executionId))]) {
    await ignoreMissing(docker.getContainer(name).remove({ force: true, v: true }));
  }
  const names = Object.values(volumeNames(executionId));
  // A volume that is half removed would not be found again, so its file goes first.
  await fixedVolumes?.remove(executionId);
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
