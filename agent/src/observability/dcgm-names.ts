import { createMetrics, type Metrics } from '@node3/shared/metrics';
import type { AgentDevice } from '../gpu/device.ts';
import type { DeviceReading, MetricName } from '../gpu/telemetry.ts';
import { dcgmTable } from './dcgm-table.ts';

const mebibyte = 1024 ** 2;

export type DcgmMetrics = Metrics<typeof dcgmTable>;

export function createDcgmMetrics(): DcgmMetrics {
  return createMetrics(dcgmTable);
}

/** The readings once more, under the names and in the units of NVIDIA's exporter. */
export function showDcgmNames(
  metrics: DcgmMetrics,
  facts: { devices: readonly AgentDevice[]; readings: readonly DeviceReading[]; hostname: string },
): void {
  const nvidia = facts.devices.filter(({ vendor }) => vendor === 'nvidia');
  const read = (name: MetricName, unit = 1) =>
    nvidia.map((device) => {
      const reading = facts.readings.find(({ uuid }) => uuid === device.id);
      const value = reading?.metrics[name].value ?? null;
      return {
        labels: labelsOf(device, facts.hostname),
        value: value === null ? null : value / unit,
      };
    });
  metrics.show('DCGM_FI_DEV_GPU_UTIL', read('utilizationPercent'));
  metrics.show('DCGM_FI_DEV_FB_USED', read('memoryUsedBytes', mebibyte));
  metrics.show('DCGM_FI_DEV_FB_FREE', read('memoryFreeBytes', mebibyte));
  metrics.show('DCGM_FI_DEV_GPU_TEMP', read('temperatureCelsius'));
  metrics.show('DCGM_FI_DEV_POWER_USAGE', read('powerWatts'));
  metrics.show('DCGM_FI_DEV_SM_CLOCK', read('smClockMegahertz'));
}

function labelsOf({ id, index, model }: AgentDevice, hostname: string) {
  return {
    gpu: String(index),
    UUID: id,
    device: `nvidia${index}`,
    modelName: model,
    hostname,
  };
}
