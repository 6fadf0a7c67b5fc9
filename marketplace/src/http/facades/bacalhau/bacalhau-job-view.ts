import type { JobSpec, Priority } from '@node3/shared/job-spec';
import { reasons } from '@node3/shared/job-state';
import type {
  BacalhauJob,
  BacalhauSpecConfig,
  BacalhauTask,
} from '@node3/shared/routes/bacalhau-models';
import type { JobRow } from '../../../store/rows.ts';
import type { JobGroup } from './bacalhau-groups.ts';
import {
  detailsOf,
  namespaceOf,
  shownLabels,
  toJobState,
  toNanoseconds,
  toStateOfAll,
} from './bacalhau-mapping.ts';

/** How a job of ours looks as one of Bacalhau's. Values of its environment are not shown, as nowhere here. */

export const priorities: Record<Priority, number> = { low: -10, normal: 0, high: 50, urgent: 100 };

export function viewGroup({ head, version, members }: JobGroup): BacalhauJob {
  const first = members[0] ?? head;
  const states = members.map(toJobState);
  const state = toStateOfAll(states);
  // Of several the one that made the state what it is has the reason.
  const cause = members[states.indexOf(state)] ?? first;
  const { reason } = cause;
  return {
    ID: head.jobId,
    Name: first.spec.name ?? head.jobId,
    Namespace: namespaceOf(first),
    Type: 'batch',
    Priority: priorities[first.spec.priority],
    Count: Math.max(members.length, 1),
    Labels: shownLabels(first.spec.labels),
    Meta: {},
    Tasks: [viewTask(first.spec)],
    State: {
      StateType: state,
      Message: reason === null ? '' : reasons[reason].sentence,
      ...detailsOf(reason),
    },
    Version: version,
    CreateTime: toNanoseconds(head.createdAtMs),
    ModifyTime: toNanoseconds(modifiedAtMs(members)),
  };
}

/** When something of it was last changed that Bacalhau shows. */
export function modifiedAtMs(members: readonly JobRow[]): number {
  return Math.max(
    ...members.map(({ createdAtMs, queuedAtMs, startedAtMs, finishedAtMs, cancelRequestedAtMs }) =>
      Math.max(
        createdAtMs,
        queuedAtMs ?? 0,
        startedAtMs ?? 0,
        finishedAtMs ?? 0,
        cancelRequestedAtMs ?? 0,
      ),
    ),
  );
}

/** What every job gets to know of itself is not what it asked for. */
const addedNames = /^(BACALHAU_|JOB_(INDEX|COUNT)$)/;

export function viewTask(spec: JobSpec): BacalhauTask {
  const { workload, network, limits } = spec;
  const { env } = workload;
  const hidden = Object.keys(env ?? {})
    .filter((name) => !addedNames.test(name))
    .map((name) => [name, '[hidden]'] as const);
  return {
    Name: 'main',
    Engine: viewEngine(workload),
    // Files are served by their links, as Bacalhau's publisher of this name does.
    Publisher: { Type: 'local', Params: {} },
    ...(hidden.length === 0 ? {} : { Env: Object.fromEntries(hidden) }),
    InputSources: spec.inputs.map(({ path, source }) => ({
      Source: viewSource(source),
      Target: `/input/${path}`,
    })),
    ResultPaths: (spec.outputs ?? [{ path: null }]).map(({ path }) => ({
      Name: path?.split('/').at(-1) ?? 'output',
      Path: path === null ? '/output' : `/output/${path}`,
    })),
    Resources: viewResources(spec),
    Network: network === undefined ? { Type: 'None' } : { Type: 'HTTP', Domains: network.hosts },
    Timeouts: {
      ExecutionTimeout: limits.runSec,
      QueueTimeout: limits.queueSec,
      TotalTimeout: limits.queueSec + limits.runSec,
    },
  };
}

function viewEngine(workload: JobSpec['workload']): BacalhauSpecConfig {
  const { image: Image } = workload;
  // Bacalhau has no engine for code; this says what it is without showing it.
  if (workload.kind === 'script') {
    return { Type: 'script', Params: { Image, Language: workload.language } };
  }
  const { entrypoint, command, workdir } = workload;
  return {
    Type: 'docker',
    Params: {
      Image,
      Entrypoint: entrypoint ?? null,
      Parameters: command ?? null,
      ...(workdir === undefined ? {} : { WorkingDirectory: workdir }),
    },
  };
}

function viewSource(source: JobSpec['inputs'][number]['source']): BacalhauSpecConfig {
  if (source.kind === 'url') return { Type: 'urlDownload', Params: { URL: source.url } };
  if (source.kind === 'artifact') {
    return { Type: 'artifact', Params: { ArtifactID: source.artifactId } };
  }
  const { length } = Buffer.from(source.contentBase64, 'base64');
  return { Type: 'inline', Params: { Bytes: length } };
}

function viewResources({ resources }: JobSpec): BacalhauTask['Resources'] {
  const { cpus, memoryBytes, diskBytes, gpus } = resources;
  return {
    CPU: String(cpus),
    Memory: toSize(memoryBytes),
    Disk: toSize(diskBytes),
    GPU: String(gpus?.count ?? 0),
  };
}

/** As Bacalhau reads sizes; exact to the byte. */
function toSize(bytes: number): string {
  const mebibyte = 1024 ** 2;
  return bytes % mebibyte === 0 ? `${bytes / mebibyte}MiB` : `${bytes}B`;
}
