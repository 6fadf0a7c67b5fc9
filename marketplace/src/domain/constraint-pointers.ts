import type { Constraint } from './matching.ts';

/** The field of a spec that sets a requirement. */
export const constraintPointers: Record<Constraint, string> = {
  agent: '/placement/agents',
  isolation: '/placement/isolationMin',
  arch: '/resources/arch',
  simulated_gpu: '/resources/gpus',
  gpu_vendor: '/resources/gpus/vendor',
  gpu_model: '/resources/gpus/models',
  gpu_memory: '/resources/gpus/memoryBytesMin',
  gpu_capability: '/resources/gpus/computeCapabilityMin',
  gpu_count: '/resources/gpus/count',
  cpus: '/resources/cpus',
  memory: '/resources/memoryBytes',
  disk: '/resources/diskBytes',
  price: '/price',
  slots: '/resources',
};
