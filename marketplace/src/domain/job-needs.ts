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
}

export function jobNeedsOf({
  placement,
  resources,
  workload,
  sealed,
  egressHosts,
}: Pick<Needs, 'placement' | 'resources' | 'workload' | 'sealed' | 'egressHosts'>): JobNeeds {
  const { gpus, cpus, memoryBytes, diskBytes, arch } = resources;
  const isNative = workload.image === nativeImage;
  const parts = { placement, gpus, cpus, memoryBytes, diskBytes, arch, isNative };
  return {
    ...parts,
    ...(sealed === true ? { isSealed: true } : {}),
    ...(egressHosts === undefined ? {} : { egressHosts }),
  };
}
