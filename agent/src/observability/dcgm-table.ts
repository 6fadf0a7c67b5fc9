import type { MetricTable } from '@node3/shared/metrics';

/** As NVIDIA's exporter names them since May 2026 (dcgm-exporter #655: `hostname` is lower case). */
const labels = ['gpu', 'UUID', 'device', 'modelName', 'hostname'] as const;

/**
 * The names of NVIDIA's own exporter, so that its dashboards show this machine too. Only what this
 * agent reads is there; a device that does not tell a value has no sample of it.
 */
export const dcgmTable = {
  DCGM_FI_DEV_GPU_UTIL: { type: 'gauge', help: 'GPU utilization (in %).', labels },
  DCGM_FI_DEV_FB_USED: { type: 'gauge', help: 'Framebuffer memory used (in MiB).', labels },
  DCGM_FI_DEV_FB_FREE: { type: 'gauge', help: 'Framebuffer memory free (in MiB).', labels },
  DCGM_FI_DEV_GPU_TEMP: { type: 'gauge', help: 'GPU temperature (in C).', labels },
  DCGM_FI_DEV_POWER_USAGE: { type: 'gauge', help: 'Power draw (in W).', labels },
  DCGM_FI_DEV_MEMORY_TEMP: { type: 'gauge', help: 'Memory temperature (in C).', labels },
  DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION: {
    type: 'counter',
    help: 'Total energy consumption (in mJ).',
    labels,
  },
  DCGM_FI_DEV_PCIE_REPLAY_COUNTER: {
    type: 'counter',
    help: 'Total number of PCIe retries.',
    labels,
  },
  DCGM_FI_DEV_XID_ERRORS: {
    type: 'gauge',
    help: 'Value of the last XID error encountered.',
    labels,
  },
  DCGM_FI_DEV_MEM_CLOCK: { type: 'gauge', help: 'Memory clock frequency (in MHz).', labels },
  DCGM_FI_DEV_SM_CLOCK: { type: 'gauge', help: 'SM clock frequency (in MHz).', labels },
} as const satisfies MetricTable;
