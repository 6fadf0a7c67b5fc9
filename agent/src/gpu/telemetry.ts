import { type MetricName, metricNames, type Slowdown } from '@node3/shared/device-metrics';

export {
  type MetricName,
  metricNames,
  type Slowdown,
  slowdowns,
} from '@node3/shared/device-metrics';

/** Where a number came from. `unavailable` goes with `null`, and only with `null`. */
export type MetricSource = 'measured' | 'estimated' | 'unavailable';

export interface Metric {
  value: number | null;
  source: MetricSource;
}

export type DeviceMetrics = Record<MetricName, Metric>;

/** The metrics of one device at one moment. */
export interface DeviceSample {
  uuid: string;
  metrics: DeviceMetrics;
  /** Why the device runs slower than it could; absent where its tool doesn't say. */
  slowdowns?: readonly Slowdown[];
  /** Milliseconds since it was taken, from a detector that reads ahead; absent: just now. */
  ageMs?: number;
}

/** A sample as the rest of the agent sees it: with the time since it was taken, milliseconds. */
export interface DeviceReading extends DeviceSample {
  ageMs: number;
}

/** @returns a metric that says where its value came from; `null` becomes `unavailable`. */
export function measured(value: number | null): Metric {
  return value === null ? { value: null, source: 'unavailable' } : { value, source: 'measured' };
}

/** @returns all metrics, those not given being unavailable. */
export function metricsOf(known: Partial<DeviceMetrics>): DeviceMetrics {
  const entries = metricNames.map((name): [MetricName, Metric] => [
    name,
    known[name] ?? measured(null),
  ]);
  return Object.fromEntries(entries) as DeviceMetrics;
}
