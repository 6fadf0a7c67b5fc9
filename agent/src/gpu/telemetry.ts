/** Where a number came from. `unavailable` goes with `null`, and only with `null`. */
export type MetricSource = 'measured' | 'estimated' | 'unavailable';

export interface Metric {
  value: number | null;
  source: MetricSource;
}

/** Every metric of a device, with its unit in its name. */
export const metricNames = [
  'utilizationPercent',
  'memoryActivityPercent',
  'memoryUsedBytes',
  'memoryFreeBytes',
  'temperatureCelsius',
  'memoryTemperatureCelsius',
  'powerWatts',
  'powerLimitWatts',
  /** Drawn in all: since the driver counts, or, where it is estimated, since this program does. */
  'energyJoules',
  'fanPercent',
  'smClockMegahertz',
  'memoryClockMegahertz',
  'pcieGeneration',
  'pcieGenerationMax',
  'pcieLanes',
  'pcieLanesMax',
  'pcieReceiveBytesPerSecond',
  'pcieTransmitBytesPerSecond',
  /** In all, as seen from the device, since this program began to sum them up. */
  'pcieReceivedBytes',
  'pcieTransmittedBytes',
  /** Packets that were sent again, since the driver was loaded. */
  'pcieReplayCount',
  'eccUncorrectedCount',
] as const;

export type MetricName = (typeof metricNames)[number];
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

/** A slowdown that means something is wrong: too hot, or the power supply is overloaded. */
export const slowdowns = [
  'hardware-thermal',
  'software-thermal',
  'power-brake',
  'hardware',
] as const;
export type Slowdown = (typeof slowdowns)[number];

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
