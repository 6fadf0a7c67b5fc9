import type { Device } from '@node3/shared/device';

/** What /execute asks for where nothing is said. */
export const l40s: Device = {
  id: 'GPU-1',
  vendor: 'simulated',
  model: 'NVIDIA L40S',
  modelId: 'l40s',
  memoryBytes: 46_068 * 1024 ** 2,
  computeCapability: '8.9',
  driverVersion: null,
  simulated: true,
};
