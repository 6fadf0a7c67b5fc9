import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, totalmem } from 'node:os';
import type { Offer } from '@node3/shared/device';
import { areHostsWithin } from '@node3/shared/egress-hosts';
import { type IsolationLevel, isolationLevels } from '@node3/shared/job-spec';
import { limits as wireLimits } from '@node3/shared/limits';
import { agentLimits } from '../agent-limits.ts';
import type { ExecutorChoice } from './admission.ts';
import type { MachineLimits } from './capacity.ts';

/** What the provider gives of the machine; null leaves it to the machine. */
export interface MachinePolicy {
  slots: number;
  cpus: number | null;
  memoryBytes: number | null;
  nativeAllowed: boolean;
  asks: Pick<Offer, 'asks' | 'classAsks'>;
  region: string | null;
  labels: Record<string, string>;
  requestersBlocked: string[];
  /** What jobs may reach, as far as an executor lets them. */
  egressHosts: readonly string[];
  preemptible: boolean;
  /** Free space that jobs never get. */
  diskFloorBytes: number;
}

/** @returns the machine's size, cut to the provider's limits. Without a disk reading there is none. */
export function machineLimits(policy: MachinePolicy, diskFreeBytes: number | null): MachineLimits {
  const cpus = availableParallelism();
  const memoryBytes = Math.floor(totalmem() * agentLimits.memoryShare);
  return {
    slots: policy.slots,
    cpus: Math.min(policy.cpus ?? cpus, cpus),
    memoryBytes: Math.min(policy.memoryBytes ?? memoryBytes, totalmem()),
    diskBytes: Math.max(0, (diskFreeBytes ?? 0) - policy.diskFloorBytes),
  };
}

/** Free bytes on the filesystem of a folder; null where the system does not tell. */
export async function readDiskFreeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

export function machineArch(): 'x64' | 'arm64' {
  const name = arch();
  if (name === 'x64' || name === 'arm64') return name;
  throw new Error(`This processor (${name}) is not supported: node3 agents run on x64 and arm64.`);
}

/** What the agent says it offers. Isolation is the strongest level that works right now. */
export function buildOffer(
  policy: MachinePolicy,
  limits: MachineLimits,
  executors: readonly ExecutorChoice[],
  devices: Offer['devices'],
  secretKey: Offer['secretKey'] | null,
): Offer {
  return {
    devices,
    isolation: strongest(executors),
    nativeAllowed:
      policy.nativeAllowed && executors.some(({ isolation }) => isolation === 'native'),
    arch: machineArch(),
    cpus: limits.cpus,
    memoryBytes: limits.memoryBytes,
    diskBytes: limits.diskBytes,
    slots: limits.slots,
    ...policy.asks,
    labels: policy.labels,
    reads: ['rate'],
    requestersBlocked: policy.requestersBlocked,
    preemptible: policy.preemptible,
    ...(secretKey === null || secretKey === undefined ? {} : { secretKey }),
    ...(policy.region === null ? {} : { region: policy.region }),
    ...egressOf(executors, policy.egressHosts),
  };
}

/** Of the strongest executor that lets jobs out: what both it and the policy allow. */
function egressOf(
  executors: readonly ExecutorChoice[],
  allowed: readonly string[],
): Pick<Offer, 'egress'> {
  const open = executors.filter(({ egressHosts }) => egressHosts !== undefined);
  const hosts = open.find(({ isolation }) => isolation === strongest(open))?.egressHosts;
  if (hosts === undefined || allowed.length === 0) return {};
  const both = [
    ...hosts.filter((host) => areHostsWithin([host], allowed)),
    ...allowed.filter((host) => areHostsWithin([host], hosts)),
  ];
  return { egress: { hosts: [...new Set(both)].slice(0, wireLimits.egressHosts) } };
}

function strongest(executors: readonly ExecutorChoice[]): IsolationLevel {
  const levels = isolationLevels.filter((level) =>
    executors.some((executor) => executor.isolation === level),
  );
  return levels.at(-1) ?? 'native';
}
