import type { AgentDevice } from '../gpu/device.ts';
import {
  type DeviceMetrics,
  type DeviceReading,
  type MetricName,
  slowdowns,
} from '../gpu/telemetry.ts';
import type { AgentMeasures } from './agent-measures.ts';

interface Devices {
  devices: readonly AgentDevice[];
  readings: readonly DeviceReading[];
}

const percent = 100;
const hertzPerMegahertz = 1_000_000;

/** What the devices are and what they measure. What a tool does not tell has no sample. */
export function showDevices(measures: AgentMeasures, { devices, readings }: Devices): void {
  const { metrics } = measures;
  const read = (name: MetricName, divisor = 1) =>
    readings.map(({ uuid, metrics: values }) => ({
      labels: { uuid },
      value: divided(values, name, divisor),
    }));
  metrics.show(
    'node3_gpu_info',
    devices.map((device) => ({ labels: identityOf(device), value: 1 })),
  );
  metrics.show(
    'node3_gpu_memory_total_bytes',
    devices.map(({ id, memoryBytes }) => ({ labels: { uuid: id }, value: memoryBytes })),
  );
  metrics.show('node3_gpu_utilization_ratio', read('utilizationPercent', percent));
  metrics.show('node3_gpu_memory_used_bytes', read('memoryUsedBytes'));
  metrics.show('node3_gpu_temperature_celsius', read('temperatureCelsius'));
  metrics.show('node3_gpu_power_watts', read('powerWatts'));
  metrics.show('node3_gpu_power_limit_watts', read('powerLimitWatts'));
  metrics.show('node3_gpu_fan_ratio', read('fanPercent', percent));
  metrics.show(
    'node3_gpu_clock_hertz',
    read('smClockMegahertz', 1 / hertzPerMegahertz).map(({ labels, value }) => ({
      labels: { ...labels, domain: 'sm' },
      value,
    })),
  );
  metrics.show(
    'node3_gpu_throttle',
    readings.flatMap(({ slowdowns: found, uuid }) =>
      slowdowns.map((reason) => ({
        labels: { uuid, reason },
        value: found === undefined ? null : Number(found.includes(reason)),
      })),
    ),
  );
  metrics.show('node3_gpu_ecc_uncorrected_total', read('eccUncorrectedCount'));
  const busy = measures.busySeconds(devices.map(({ id }) => id));
  metrics.show(
    'node3_gpu_busy_seconds_total',
    [...busy].map(([uuid, value]) => ({ labels: { uuid }, value })),
  );
}

function divided(values: DeviceMetrics, name: MetricName, divisor: number): number | null {
  const { value } = values[name];
  return value === null ? null : value / divisor;
}

/** What a tool does not state is an empty label, which to Prometheus is none. */
function identityOf(device: AgentDevice) {
  return {
    gpu: String(device.index),
    uuid: device.id,
    vendor: device.vendor,
    model: device.modelId ?? device.model,
    driver: device.driverVersion ?? '',
    runtime:
      device.framework === null ? '' : `${device.framework} ${device.frameworkVersion ?? ''}`,
  };
}
