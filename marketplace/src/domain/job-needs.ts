import { type JobPlacement, nativeImage } from '@node3/shared/job-spec';
import type { Needs } from './matching.ts';

/** What a job asks of an agent beside its price: jobs with the same are found together. */
export interface JobNeeds {
  placement: JobPlacement;
  gpus: Needs['resources']['gpus'];
  cpus: number;
  memoryBytes: number;
  diskBytes: number;
  arch: 'x64' | 'arm64' | null;
  isNative: boolean;
  isSealed?: true;
  egressHosts?: readonly string[];
  /** Seconds; absent in what older versions have stored, which then is for any time. */
  runSec?: number;
}

export function jobNeedsOf({
  placement,
  resources,
  workload,
  sealed,
  egressHosts,
  limits,
}: Omit<Needs, 'price' | 'requesterId'>): JobNeeds {
  const { gpus, cpus, memoryBytes, diskBytes, arch } = resources;
  const isNative = workload.image === nativeImage;
  const { runSec } = limits;
  const parts = { placement, gpus, cpus, memoryBytes, diskBytes, arch, isNative, runSec };
  return {
    ...parts,
    ...(sealed === true ? { isSealed: true } : {}),
    ...(egressHosts === undefined ? {} : { egressHosts }),
  };
}
