import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@node3/shared/logger';
import type Docker from 'dockerode';
import type { ContainerCreateOptions } from 'dockerode';
import { ExecutionError } from '../execution-error.ts';
import type { ExecutionDevice } from '../executor.ts';
import { engineMessage, ignoreMissing } from './engine-error.ts';

const checkMs = 20_000;

/** Where the vendor's toolkit mounts it, over a file of the image's. */
const tool = '/usr/bin/nvidia-smi';

/** A bare name takes a variable of the image's out. No variable of the job's steers the look. */
function isOurs(entry: string): boolean {
  return !entry.includes('=') || entry.startsWith('LD_LIBRARY_PATH=');
}

export interface GpuCheckDeps {
  docker: Docker;
  log: Logger;
}

/** The container that only looks; named, so that one which a crash left behind is found. */
export function gpuCheckName(containerName: string): string {
  return `${containerName}-devices`;
}

/**
 * Looks from inside a container like the job's which NVIDIA devices are there: engines have ignored
 * requests for devices, or have answered with all of them. An image in which the vendor's tool does
 * not work can't be looked into; that is logged, and the request itself then has to do.
 * What runs there is the image's word as much as the machine's, so others than the leased devices
 * keep the job from starting, and are not held against the provider.
 * @throws ExecutionError `request_invalid` when it sees others than the leased ones.
 */
export async function checkVisibleDevices(
  { docker, log }: GpuCheckDeps,
  config: ContainerCreateOptions,
  devices: readonly ExecutionDevice[],
): Promise<'verified' | 'unverified'> {
  const leased = devices.filter(({ vendor }) => vendor === 'nvidia').map(({ uuid }) => uuid);
  if (leased.length === 0) return 'verified';
  const { name = '', ...body } = config;
  const look = {
    ...body,
    Entrypoint: [tool, '-L'],
    Env: body.Env?.filter(isOurs),
    Cmd: [],
    OpenStdin: false,
    AttachStdin: false,
    NetworkDisabled: true,
    HostConfig: { ...body.HostConfig, NetworkMode: 'none', Mounts: [] },
  };
  const split = { _query: { name: gpuCheckName(name) }, _body: look };
  const container = await docker.createContainer(split as unknown as ContainerCreateOptions);
  try {
    const said = await readDevices(container);
    if (said === null) {
      log.warn({ image: config.Image }, 'devices could not be looked at from inside the image');
      return 'unverified';
    }
    if (isSame(said, leased)) return 'verified';
    const detail = `In this image nvidia-smi shows ${said.join(', ')} instead of ${leased.join(', ')}: either the image brings its own, or this machine's engine is at fault.`;
    throw new ExecutionError('request_invalid', detail);
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
