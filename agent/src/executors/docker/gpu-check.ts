import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@node3/shared/logger';
import type Docker from 'dockerode';
import type { ContainerCreateOptions } from 'dockerode';
import { ExecutionError } from '../execution-error.ts';
import type { ExecutionDevice } from '../executor.ts';
import { engineMessage, ignoreMissing } from './engine-error.ts';

const checkMs = 20_000;
/** What shells and engines answer for a program that is not there or can't be run. */
const notRunnable = [126, 127];

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
 * not run can't be looked into; that is logged, and the request itself then has to do.
 * @throws ExecutionError `gpu_error` when it sees others than the leased ones.
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
    Entrypoint: ['nvidia-smi', '-L'],
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
    const detail = `A container with the leased devices sees ${said.join(', ') || 'none'} instead of ${leased.join(', ')}.`;
    throw new ExecutionError('gpu_error', detail);
  } finally {
    await ignoreMissing(container.remove({ force: true, v: true }));
  }
}

/** @returns null when the tool does not run there. */
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
  if (answer === null) {
    throw new ExecutionError('gpu_error', 'nvidia-smi does not answer inside a container.');
  }
  if (notRunnable.includes(answer.StatusCode)) return null;
  const logs = await container.logs({ stdout: true, stderr: true });
  return parseDeviceList(logs.toString('latin1'));
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
