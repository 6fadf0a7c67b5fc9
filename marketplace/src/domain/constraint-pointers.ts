import type { Constraint } from './matching.ts';

/** The field of a spec that sets a requirement; the empty pointer is the job as a whole. */
export const constraintPointers: Record<Constraint, string> = {
  agent: '/placement/agents',
  agent_blocked: '/placement/agentsBlocked',
  provider: '/placement/providers',
  provider_blocked: '/placement/providersBlocked',
  requester_blocked: '',
  region: '/placement/regions',
  label: '/placement/labels',
  isolation: '/placement/isolationMin',
  arch: '/resources/arch',
  secrets: '/secrets',
  network: '/network',
  simulated_gpu: '/resources/gpus',
  gpu_vendor: '/resources/gpus/vendor',
  gpu_framework: '/resources/gpus/framework',
  gpu_model: '/resources/gpus/models',
  gpu_memory: '/resources/gpus/memoryBytesMin',
  gpu_capability: '/resources/gpus/computeCapabilityMin',
  gpu_count: '/resources/gpus/count',
  cpus: '/resources/cpus',
  memory: '/resources/memoryBytes',
  disk: '/resources/diskBytes',
  price: '/price',
  reserved: '',
  slots: '/resources',
};
