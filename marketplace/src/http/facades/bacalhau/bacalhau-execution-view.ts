import type { Device } from '@node3/shared/device';
import { isTerminalExecution } from '@node3/shared/execution-state';
import { reasons } from '@node3/shared/job-state';
import type {
  BacalhauExecution,
  BacalhauGpu,
  BacalhauRunOutput,
  BacalhauSpecConfig,
} from '@node3/shared/routes/bacalhau-models';
import type { ExecutionRow, JobRow } from '../../../store/rows.ts';
import {
  desiredStates,
  detailsOf,
  namespaceOf,
  toComputeState,
  toNanoseconds,
} from './bacalhau-mapping.ts';

/** What belongs to an execution beside its row. */
export interface ExecutionParts {
  job: JobRow;
  headId: string;
  partition: number;
  version: number;
  /** All attempts at the job, in order. */
  attempts: readonly ExecutionRow[];
  runOutput: BacalhauRunOutput | null;
  published: BacalhauSpecConfig | null;
}

export function viewExecution(execution: ExecutionRow, parts: ExecutionParts): BacalhauExecution {
  const { job, headId, partition, version, attempts, runOutput, published } = parts;
  const { executionId, agentId, attempt, reason, detail, state } = execution;
  const { cpus, memoryBytes, diskBytes } = job.spec.resources;
  const idOf = (wanted: number) =>
    attempts.find((other) => other.attempt === wanted)?.executionId ?? '';
  const wanted = isTerminalExecution(state) ? desiredStates.stopped : desiredStates.running;
  return {
    ID: executionId,
    Namespace: namespaceOf(job),
    NodeID: agentId,
    JobID: headId,
    JobVersion: version,
    AllocatedResources: {
      Tasks: {
        main: {
          CPU: cpus,
          Memory: memoryBytes,
          Disk: diskBytes,
          GPU: execution.devices.length,
          GPUs: execution.devices.map(viewGpu),
        },
      },
    },
    DesiredState: { StateType: wanted, Message: '' },
    ComputeState: {
      StateType: toComputeState(execution),
      Message: detail ?? (reason === null ? '' : reasons[reason].sentence),
      ...detailsOf(reason),
    },
    ...(published === null ? {} : { PublishedResult: published }),
    ...(runOutput === null ? {} : { RunOutput: runOutput }),
    PartitionIndex: partition,
    PreviousExecution: idOf(attempt - 1),
    NextExecution: idOf(attempt + 1),
    CreateTime: toNanoseconds(execution.leasedAtMs),
    ModifyTime: toNanoseconds(modifiedAtMs(execution)),
  };
}

export function modifiedAtMs({ leasedAtMs, startedAtMs, finishedAtMs }: ExecutionRow): number {
  return finishedAtMs ?? startedAtMs ?? leasedAtMs;
}

const vendors: Partial<Record<Device['vendor'], BacalhauGpu['Vendor'] & string>> = {
  nvidia: 'NVIDIA',
  amd: 'AMD/ATI',
  intel: 'Intel',
  apple: 'Apple',
};

/** Memory in MiB, and what is not known left out. */
export function viewGpu(
  { vendor, model, memoryBytes, simulated }: Device,
  index: number,
): BacalhauGpu {
  const word = vendors[vendor];
  return {
    Index: index,
    Name: simulated ? `${model} (simulated)` : model,
    ...(word === undefined ? {} : { Vendor: word }),
    ...(memoryBytes === null ? {} : { Memory: Math.floor(memoryBytes / 1024 ** 2) }),
  };
}
