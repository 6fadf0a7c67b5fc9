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
  DCGM_FI_DEV_SM_CLOCK: { type: 'gauge', help: 'SM clock frequency (in MHz).', labels },
} as const satisfies MetricTable;
