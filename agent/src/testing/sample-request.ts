import { systemIds } from '@node3/shared/ids';
import type { ContainerWorkload, ExecutionRequest } from '../executors/executor.ts';

const mebibyte = 1024 * 1024;

/** A request under an id of its own, with limits that hold on a small machine and nothing beside the workload. */
export function sampleRequest(
  request: Pick<ExecutionRequest, 'agentId' | 'workload'> & Partial<ExecutionRequest>,
): ExecutionRequest {
  return {
    executionId: systemIds.next('execution'),
    jobId: systemIds.next('job'),
    attempt: 1,
    inputs: [],
    limits: {
      cpus: 1,
      memoryBytes: 128 * mebibyte,
      diskBytes: 16 * mebibyte,
      shmBytes: 8 * mebibyte,
      pidsMax: 64,
      runMs: 60_000,
      logBytesMax: mebibyte,
    },
    network: 'none',
    devices: [],
    ...request,
  };
}

/** A container that runs its image's own command, but for what is changed. */
export function sampleContainer(
  workload: Pick<ContainerWorkload, 'image'> & Partial<ContainerWorkload>,
): ContainerWorkload {
  const nothing = { command: null, entrypoint: null, workdir: null, stdin: null };
  return { kind: 'container', ...nothing, env: {}, ...workload };
}
