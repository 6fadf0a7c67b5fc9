import type { AgentDevice } from '../gpu/device.ts';
import type { XidCount } from '../gpu/health/xid-counts.ts';
import { type DeviceReading, type Metric, type MetricName, slowdowns } from '../gpu/telemetry.ts';
import type { AgentMeasures, AgentMetrics } from './agent-measures.ts';
import type { agentMetricTable } from './metric-table.ts';

interface Devices {
  devices: readonly AgentDevice[];
  readings: readonly DeviceReading[];
  /** `null` is unknown. */
  xids: readonly XidCount[] | null;
}

/** How a metric shows a reading: its value divided by `unit`. */
interface Shown {
  metric: keyof typeof agentMetricTable;
  reading: MetricName;
  unit?: number;
}

const percent = 100;
const megahertz = 1e-6;

/** The metrics whose only label is the device. */
const plain = [
  { metric: 'node3_gpu_utilization_ratio', reading: 'utilizationPercent', unit: percent },
  { metric: 'node3_gpu_memory_used_bytes', reading: 'memoryUsedBytes' },
  { metric: 'node3_gpu_temperature_celsius', reading: 'temperatureCelsius' },
  { metric: 'node3_gpu_memory_temperature_celsius', reading: 'memoryTemperatureCelsius' },
  { metric: 'node3_gpu_power_watts', reading: 'powerWatts' },
  { metric: 'node3_gpu_power_limit_watts', reading: 'powerLimitWatts' },
  { metric: 'node3_gpu_energy_joules_total', reading: 'energyJoules' },
  { metric: 'node3_gpu_fan_ratio', reading: 'fanPercent', unit: percent },
  { metric: 'node3_gpu_pcie_generation', reading: 'pcieGeneration' },
  { metric: 'node3_gpu_pcie_generation_max', reading: 'pcieGenerationMax' },
  { metric: 'node3_gpu_pcie_lanes', reading: 'pcieLanes' },
  { metric: 'node3_gpu_pcie_lanes_max', reading: 'pcieLanesMax' },
  { metric: 'node3_gpu_pcie_replays_total', reading: 'pcieReplayCount' },
  { metric: 'node3_gpu_ecc_uncorrected_total', reading: 'eccUncorrectedCount' },
] as const satisfies readonly Shown[];

const clocks = [
  { domain: 'sm', reading: 'smClockMegahertz' },
  { domain: 'memory', reading: 'memoryClockMegahertz' },
] as const;

const directions = [
  { direction: 'receive', reading: 'pcieReceivedBytes' },
  { direction: 'transmit', reading: 'pcieTransmittedBytes' },
] as const;

/** What the devices are and what they measure. What a tool does not tell has no sample. */
export function showDevices(measures: AgentMeasures, { devices, readings, xids }: Devices): void {
  const { metrics } = measures;
  metrics.show(
    'node3_gpu_info',
    devices.map((device) => ({ labels: identityOf(device), value: 1 })),
  );
  metrics.show(
    'node3_gpu_memory_total_bytes',
    devices.map(({ id, memoryBytes }) => ({ labels: { uuid: id }, value: memoryBytes })),
  );
  showReadings(metrics, readings);
  const busy = measures.busySeconds(devices.map(({ id }) => id));
  metrics.show(
    'node3_gpu_busy_seconds_total',
    [...busy].map(([uuid, value]) => ({ labels: { uuid }, value })),
  );
  showXids(metrics, xids ?? []);
}

function showReadings(metrics: AgentMetrics, readings: readonly DeviceReading[]): void {
  for (const { metric, reading, ...more } of plain) {
    const unit = 'unit' in more ? more.unit : 1;
    metrics.show(
      metric,
      readings.map(({ metrics: values, uuid }) => ({
        labels: { uuid },
        value: divided(values[reading], unit),
      })),
    );
  }
  metrics.show(
    'node3_gpu_clock_hertz',
    readings.flatMap(({ metrics: values, uuid }) =>
      clocks.map(({ domain, reading }) => ({
        labels: { uuid, domain },
        value: divided(values[reading], megahertz),
      })),
    ),
  );
  metrics.show(
    'node3_gpu_pcie_bytes_total',
    readings.flatMap(({ metrics: values, uuid }) =>
      directions.map(({ direction, reading }) => ({
        labels: { uuid, direction },
        value: values[reading].value,
      })),
    ),
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
  showEstimates(metrics, readings);
}

/** So that nobody takes for measured what is worked out. */
function showEstimates(metrics: AgentMetrics, readings: readonly DeviceReading[]): void {
  const bytes = directions.map(({ reading }) => ({
    metric: 'node3_gpu_pcie_bytes_total' as const,
    reading,
  }));
  metrics.show(
    'node3_gpu_estimated',
    readings.flatMap(({ metrics: values, uuid }) => {
      const estimated = [...plain, ...bytes]
        .filter(({ reading }) => values[reading].source === 'estimated')
        .map(({ metric }) => metric);
      return [...new Set(estimated)].map((metric) => ({ labels: { uuid, metric }, value: 1 }));
    }),
  );
}

function showXids(metrics: AgentMetrics, xids: readonly XidCount[]): void {
  const labelsOf = ({ code, uuid }: XidCount) => ({ uuid, xid: String(code) });
  metrics.show(
    'node3_gpu_xid_errors_total',
    xids.map((xid) => ({ labels: labelsOf(xid), value: xid.count })),
  );
  metrics.show(
    'node3_gpu_xid_last_timestamp_seconds',
    xids.map((xid) => ({
      labels: labelsOf(xid),
      value: xid.lastAtMs === null ? null : xid.lastAtMs / 1_000,
    })),
  );
}

function divided({ value }: Metric, unit: number): number | null {
  return value === null ? null : value / unit;
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
