import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { getuid } from 'node:process';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@node3/shared/logger';
import type Docker from 'dockerode';
import type { ContainerCreateOptions } from 'dockerode';
import tar from 'tar-stream';
import { ExecutionError } from '../execution-error.ts';
import type { ExecutionDevice } from '../executor.ts';
import type { EngineTraits } from './container-config.ts';
import { createContainer } from './create-container.ts';
import { engineMessage, ignoreMissing } from './engine-error.ts';
import {
  compareNodes,
  findGpuNodes,
  type GpuHost,
  leasedNodes,
  systemGpuHost,
} from './gpu-nodes.ts';
import { buildIdleProgram } from './idle-program.ts';

const checkMs = 20_000;

/** Where the vendor's toolkit mounts it, over a file of the image's. */
const tool = '/usr/bin/nvidia-smi';

/** A bare name takes a variable of the image's out. No variable of the job's steers the look. */
function isOurs(entry: string): boolean {
  return !entry.includes('=') || entry.startsWith('LD_LIBRARY_PATH=');
}

export interface GpuCheckDeps {
  docker: Docker;
  engine: EngineTraits['engine'];
  log: Logger;
}

/** The container that only looks; named, so that one which a crash left behind is found. */
export function gpuCheckName(containerName: string): string {
  return `${containerName}-devices`;
}

/**
 * Looks which GPUs a container like the job's gets: engines have ignored requests for devices, or have
 * answered with all of them. Best from outside, where an image has no say; where this machine does not
 * let us, the vendor's tool in the image is asked, whose answer is the image's word as much as the
 * machine's. Where neither can tell, the request itself has to do, and that is logged.
 * @throws ExecutionError when there are others than the leased ones: `gpu_error` by what is seen from
 * outside, `request_invalid`, which is not held against the provider, by the image's word.
 */
export async function checkVisibleDevices(
  deps: GpuCheckDeps,
  config: ContainerCreateOptions,
  devices: readonly ExecutionDevice[],
  host: GpuHost = systemGpuHost,
): Promise<'verified' | 'unverified'> {
  const real = devices.filter(({ vendor }) => vendor !== 'simulated');
  if (real.length === 0) return 'verified';
  if (await lookFromOutside(deps, config, real, host)) return 'verified';
  const leased = real.filter(({ vendor }) => vendor === 'nvidia').map(({ uuid }) => uuid);
  if (leased.length === real.length && (await lookFromInside(deps, config, leased, host))) {
    return 'verified';
  }
  deps.log.warn({ image: config.Image }, 'the devices of a job could not be looked at');
  return 'unverified';
}

/** @returns whether the devices could be seen; they are the leased ones then. */
async function lookFromOutside(
  deps: GpuCheckDeps,
  config: ContainerCreateOptions,
  devices: readonly ExecutionDevice[],
  host: GpuHost,
): Promise<boolean> {
  const leased = leasedNodes(host, devices);
  const program = buildIdleProgram(arch());
  if (leased === null || program === null || getuid?.() !== 0) return false;
  const seen = await seeNodes(deps, config, program);
  if (seen === null) return false;
  const { foreign, missing } = compareNodes(host, leased, seen);
  if (foreign.length + missing.length === 0) return true;
  const detail = `The engine gave a container the device files ${list(seen)} instead of ${list(leased)}.`;
  throw new ExecutionError('gpu_error', detail);
}

/** @returns null where they can't be seen; an engine that fails here will fail the job and say why. */
async function seeNodes(
  deps: GpuCheckDeps,
  config: ContainerCreateOptions,
  program: Buffer,
): Promise<string[] | null> {
  const path = `/node3-idle-${randomBytes(8).toString('hex')}`;
  const look = { Entrypoint: [path], Env: config.Env, HostConfig: { ReadonlyRootfs: false } };
  try {
    return await withContainer(deps, config, look, async (container) => {
      await container.putArchive(packProgram(path, program), { path: '/' });
      await container.start();
      const { State } = await container.inspect();
      return readNodes(State.Pid, path, program);
    });
  } catch (error) {
    deps.log.warn({ err: error, image: config.Image }, 'no container was there to look into');
    return null;
  }
}

function list(nodes: readonly string[]): string {
  return nodes.length === 0 ? 'of no GPU' : nodes.join(', ');
}

function packProgram(path: string, program: Buffer): Readable {
  const pack = tar.pack();
  pack.entry({ name: path.slice(1), mode: 0o755 }, program);
  pack.finalize();
  return Readable.from(pack);
}

/** @returns null where this machine does not let us look, or where the process is another machine's. */
async function readNodes(pid: number, path: string, program: Buffer): Promise<string[] | null> {
  const root = `/proc/${pid}/root`;
  try {
    if (!program.equals(await readFile(`${root}${path}`))) return null;
    return await findGpuNodes(`${root}/dev`);
  } catch {
    return null;
  }
}

/** @returns whether the image's tool could tell; the devices are the leased ones then. */
async function lookFromInside(
  deps: GpuCheckDeps,
  config: ContainerCreateOptions,
  leased: readonly string[],
  host: GpuHost,
): Promise<boolean> {
  const look = { Entrypoint: [tool, '-L'], Env: config.Env?.filter(isOurs) };
  const said = await withContainer(deps, config, look, readDevices);
  if (said === null) return false;
  if (isSame(said, leased)) return true;
  if (host.givesAllOrNone && leased.every((id) => said.includes(id))) {
    const detail = `WSL gives a container all of its machine's GPUs, ${said.length} here, and ${leased.length} were leased. Several GPUs need Linux itself.`;
    throw new ExecutionError('gpu_error', detail);
  }
  const detail = `In this image nvidia-smi shows ${said.join(', ')} instead of ${leased.join(', ')}: either the image brings its own, or this machine's engine is at fault.`;
  throw new ExecutionError('request_invalid', detail);
}

/** Makes a container like the job's that runs something else and reaches nothing. */
async function withContainer<T>(
  { docker, engine }: GpuCheckDeps,
  { name = '', ...body }: ContainerCreateOptions,
  { HostConfig, ...changes }: ContainerCreateOptions,
  use: (container: Docker.Container) => Promise<T>,
): Promise<T> {
  const look = {
    name: gpuCheckName(name),
    ...body,
    ...changes,
    Cmd: [],
    OpenStdin: false,
    AttachStdin: false,
    NetworkDisabled: true,
    HostConfig: { ...body.HostConfig, ...HostConfig, NetworkMode: 'none', Mounts: [] },
  };
  const container = await createContainer(docker, look, engine);
  try {
    return await use(container);
  } finally {
    await ignoreMissing(container.remove({ force: true, v: true }));
  }
}

/** @returns null when the tool does not run there, or names none. */
async function readDevices(container: Docker.Container): Promise<string[] | null> {
  try {
    await container.start();
  } catch (error) {
    if (/executable file not found|no such file/i.test(engineMessage(error))) return null;
    throw error;
  }
  const late = new AbortController();
  const answer = await Promise.race([
    container.wait() as Promise<{ StatusCode: number }>,
    sleep(checkMs, null, { signal: late.signal }).catch(() => null),
  ]);
  late.abort();
  if (answer?.StatusCode !== 0) return null;
  const logs = await container.logs({ stdout: true, stderr: true });
  const ids = parseDeviceList(logs.toString('latin1'));
  return ids.length === 0 ? null : ids;
}

/** Reads `nvidia-smi -L`: with slices on, only those are what a job gets. */
export function parseDeviceList(text: string): string[] {
  const ids = [...text.matchAll(/\(UUID: ((?:GPU|MIG)-[\w/-]+)\)/g)].map(([, id = '']) => id);
  const slices = ids.filter((id) => id.startsWith('MIG-'));
  return slices.length > 0 ? slices : ids;
}

function isSame(seen: readonly string[], leased: readonly string[]): boolean {
  return seen.length === leased.length && seen.every((id) => leased.includes(id));
}
