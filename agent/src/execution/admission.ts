import { areHostsWithin } from '@node3/shared/egress-hosts';
import { type IsolationLevel, isolationLevels, nativeImage } from '@node3/shared/job-spec';
import {
  findPolicyRefusal,
  type PolicyQuestion,
  type PolicyTerms,
} from '../policy/find-policy-refusal.ts';
import type { FreeCapacity } from './capacity.ts';

/** An executor that can take work now. */
export interface ExecutorChoice {
  name: string;
  isolation: IsolationLevel;
  /** What its jobs may reach; absent, nothing. */
  egressHosts?: readonly string[];
}

export interface AdmissionFacts extends PolicyQuestion {
  free: FreeCapacity;
  executors: readonly ExecutorChoice[];
  /** What the provider wants. */
  terms: PolicyTerms;
  arch: 'x64' | 'arm64';
}

export type Admission =
  | { admitted: true; executorName: string }
  | { admitted: false; sentence: string };

/** Decides whether this machine takes this job now. The local policy wins over any offer. */
export function decideAdmission(facts: AdmissionFacts): Admission {
  const refusal = findPolicyRefusal(facts.terms, facts) ?? findRefusal(facts);
  if (refusal !== null) return { admitted: false, sentence: refusal };
  const executor = chooseExecutor(facts);
  if (executor !== null) return { admitted: true, executorName: executor.name };
  const { placement, workload } = facts.spec;
  const withoutNetwork = { ...facts.spec };
  delete withoutNetwork.network;
  const reaches = chooseExecutor({ ...facts, spec: withoutNetwork }) === null;
  const isolated =
    workload.image === nativeImage
      ? 'The job has no image, and this machine may not run it without one.'
      : `No executor here isolates at level ${placement.isolationMin}.`;
  const sentence = reaches
    ? isolated
    : 'The job wants to reach hosts that this machine does not allow.';
  return { admitted: false, sentence };
}

function findRefusal({ spec, deviceIds, free, ...facts }: AdmissionFacts): string | null {
  const { resources } = spec;
  if (free.slots < 1) return 'All slots are in use.';
  if (resources.arch !== null && resources.arch !== facts.arch) {
    return `The job needs ${resources.arch} and this machine is ${facts.arch}.`;
  }
  const devicesAsked = resources.gpus?.count ?? 0;
  if (deviceIds.length !== devicesAsked || new Set(deviceIds).size !== deviceIds.length) {
    return `The offer names ${deviceIds.length} devices and the job asks for ${devicesAsked}.`;
  }
  const missing = deviceIds.find((deviceId) => !free.deviceIds.includes(deviceId));
  if (missing !== undefined) return `Device ${missing} is not free.`;
  if (resources.cpus > free.cpus) return 'Not enough CPUs are free.';
  if (resources.memoryBytes > free.memoryBytes) return 'Not enough memory is free.';
  if (resources.diskBytes > free.diskBytes) return 'Not enough disk space is free.';
  return null;
}

/**
 * A job runs natively only when both sides ask for it: the requester by naming no image and
 * isolation `native`, the provider by policy. A job with an image gets a container or better,
 * and none of the two ever stands in for the other.
 */
function chooseExecutor(facts: AdmissionFacts): ExecutorChoice | null {
  const { isolationMin } = facts.spec.placement;
  const hosts = facts.spec.network?.hosts ?? [];
  if (facts.spec.workload.image === nativeImage) {
    // Nothing stands between such a job and the machine's own network, so nothing can be promised.
    if (hosts.length > 0) return null;
    if (isolationMin !== 'native' || !facts.terms.policy.nativeAllowed) return null;
    return facts.executors.find((executor) => executor.isolation === 'native') ?? null;
  }
  const levelMin = Math.max(rank(isolationMin), rank('container'));
  const contained = facts.executors
    .filter((executor) => rank(executor.isolation) >= levelMin)
    .filter(({ egressHosts }) => areHostsWithin(hosts, egressHosts ?? []));
  return contained.toSorted((a, b) => rank(a.isolation) - rank(b.isolation))[0] ?? null;
}

function rank(level: IsolationLevel): number {
  return isolationLevels.indexOf(level);
}
