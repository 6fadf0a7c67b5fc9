import { createMetrics, type Metrics } from '@node3/shared/metrics';
import type { AgentDevice } from '../gpu/device.ts';
import type { XidCount } from '../gpu/health/xid-counts.ts';
import type { DeviceReading, MetricName } from '../gpu/telemetry.ts';
import { dcgmTable } from './dcgm-table.ts';

const mebibyte = 1024 ** 2;
const joulesInMillijoule = 1e-3;

export type DcgmMetrics = Metrics<typeof dcgmTable>;

export function createDcgmMetrics(): DcgmMetrics {
  return createMetrics(dcgmTable);
}

interface DcgmFacts {
  devices: readonly AgentDevice[];
  readings: readonly DeviceReading[];
  /** `null` is unknown. */
  xids: readonly XidCount[] | null;
  hostname: string;
}

/** The readings once more, under the names and in the units of NVIDIA's exporter. */
export function showDcgmNames(metrics: DcgmMetrics, facts: DcgmFacts): void {
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
  metrics.show('DCGM_FI_DEV_MEMORY_TEMP', read('memoryTemperatureCelsius'));
  metrics.show('DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', read('energyJoules', joulesInMillijoule));
  metrics.show('DCGM_FI_DEV_PCIE_REPLAY_COUNTER', read('pcieReplayCount'));
  metrics.show('DCGM_FI_DEV_SM_CLOCK', read('smClockMegahertz'));
  metrics.show('DCGM_FI_DEV_MEM_CLOCK', read('memoryClockMegahertz'));
  metrics.show(
    'DCGM_FI_DEV_XID_ERRORS',
    nvidia.map((device) => ({
      labels: labelsOf(device, facts.hostname),
      value: lastXidOf(device, facts.xids),
    })),
  );
}

/** 0 where there was none, `null` where that is not known. */
function lastXidOf({ id, parentId }: AgentDevice, xids: DcgmFacts['xids']): number | null {
  const own = xids?.filter(({ uuid }) => uuid === (parentId ?? id)) ?? [];
  if (own.length === 0) return null;
  return own.findLast(({ count }) => count > 0)?.code ?? 0;
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
