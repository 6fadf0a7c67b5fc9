import { type DetectDevicesDeps, detectDevices } from './detect-devices.ts';
import { type AgentDevice, healthOf } from './device.ts';
import { GpuCollector } from './gpu-collector.ts';
import type { DetectionProblem, DetectionStatus } from './gpu-detector.ts';
import { DeviceWatch } from './health/device-watch.ts';
import {
  type Metric,
  type MetricName,
  metricNames,
  metricsOf,
  type Slowdown,
} from './telemetry.ts';

/** One device with everything known of it at one moment. */
export interface InspectedDevice extends AgentDevice {
  /** The tools and files that told of it. */
  foundBy: string;
  metrics: Record<MetricName, Metric>;
  /** Since the metrics were taken, milliseconds; `null` when there are none. */
  metricsAgeMs: number | null;
  slowdowns: readonly Slowdown[] | null;
}

export interface Inspection {
  status: DetectionStatus;
  devices: InspectedDevice[];
  problems: DetectionProblem[];
  /** What was asked without finding a device, such as `xpu-smi (not installed)`. */
  tried: string[];
}

/**
 * One look at all devices, with one reading of each: for people and checks, not for an agent that
 * goes on. Ends what the detectors began. Rejects only with the reason of an aborted `signal`.
 */
export async function inspectDevices(
  deps: DetectDevicesDeps,
  signal: AbortSignal,
): Promise<Inspection> {
  try {
    const found = await detectDevices(deps, signal);
    const collector = new GpuCollector({ ...deps, timeoutMs: 15_000 });
    if (found.devices.length > 0) await collector.refresh(signal);
    signal.throwIfAborted();
    const readings = collector.readings();
    const watch = new DeviceWatch();
    watch.look(readings, new Set(), deps.clock.monotonicMs());
    const devices = found.devices.map((device): InspectedDevice => {
      const reading = readings.find(({ uuid }) => uuid === device.id);
      const result = found.results.find((one) => one.devices.some(({ id }) => id === device.id));
      return {
        ...device,
        health: healthOf(device, watch.sickness(device)),
        foundBy: result?.source ?? '',
        metrics: reading?.metrics ?? metricsOf({}),
        metricsAgeMs: reading?.ageMs ?? null,
        slowdowns: reading?.slowdowns ?? null,
      };
    });
    const tried = found.results.flatMap((result) => result.tried ?? []);
    return { status: found.status, devices, problems: found.problems, tried };
  } finally {
    await Promise.all(deps.detectors.map(async (detector) => detector.close?.()));
  }
}

/** The metrics of a device that its tools tell, in their usual order. */
export function knownMetrics(device: InspectedDevice): [MetricName, Metric][] {
  return metricNames
    .map((name): [MetricName, Metric] => [name, device.metrics[name]])
    .filter(([, { value }]) => value !== null);
}
