import type { ExecutionRequest } from '../executor.ts';

/** Everything that must survive a restart of the agent travels with the container. */
export const labelNames = {
  agent: 'node3.agent',
  execution: 'node3.execution',
  job: 'node3.job',
  attempt: 'node3.attempt',
  runMs: 'node3.run-ms',
  diskBytes: 'node3.disk-bytes',
  logBytesMax: 'node3.log-bytes-max',
  proxyPort: 'node3.proxy-port',
} as const;

export interface ContainerFacts {
  executionId: string;
  /** What container and volumes are named after: another than the execution's for one that waited. */
  boxId: string;
  jobId: string;
  attempt: number;
  runMs: number;
  diskBytes: number;
  logBytesMax: number;
  /** Where the job's proxy listens; null for a job without a network. */
  proxyPort: number | null;
}

export function writeLabels(
  request: ExecutionRequest,
  proxyPort: number | null = null,
): Record<string, string> {
  return {
    [labelNames.agent]: request.agentId,
    [labelNames.execution]: request.executionId,
    [labelNames.job]: request.jobId,
    [labelNames.attempt]: String(request.attempt),
    [labelNames.runMs]: String(request.limits.runMs),
    [labelNames.diskBytes]: String(request.limits.diskBytes),
    [labelNames.logBytesMax]: String(request.limits.logBytesMax),
    ...(proxyPort === null ? {} : { [labelNames.proxyPort]: String(proxyPort) }),
  };
}

/** @returns null when the labels are not ours or not whole. */
export function readLabels(
  labels: Readonly<Record<string, string>> | undefined,
): ContainerFacts | null {
  const executionId = labels?.[labelNames.execution];
  const jobId = labels?.[labelNames.job];
  if (labels === undefined || executionId === undefined || jobId === undefined) return null;
  const numbers = {
    attempt: Number(labels[labelNames.attempt]),
    runMs: Number(labels[labelNames.runMs]),
    diskBytes: Number(labels[labelNames.diskBytes]),
    logBytesMax: Number(labels[labelNames.logBytesMax]),
  };
  if (!Object.values(numbers).every((number) => Number.isSafeInteger(number))) return null;
  const port = labels[labelNames.proxyPort];
  return {
    executionId,
    boxId: executionId,
    jobId,
    ...numbers,
    proxyPort: port === undefined ? null : Number(port),
  };
}
