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

/** A slowdown that means something is wrong: too hot, or the power supply is overloaded. */
export const slowdowns = [
  'hardware-thermal',
  'software-thermal',
  'power-brake',
  'hardware',
] as const;
export type Slowdown = (typeof slowdowns)[number];

/**
 * What an agent keeps of the past of a device. `slowedRatio` and `busyRatio` are the share of the
 * readings in which it was slowed down for its health, and in which a job had it.
 */
export const historyMetrics = [
  'utilizationRatio',
  'memoryUsedBytes',
  'temperatureCelsius',
  'powerWatts',
  'powerLimitWatts',
  'fanRatio',
  'smClockMegahertz',
  'slowedRatio',
  'busyRatio',
] as const;
export type HistoryMetric = (typeof historyMetrics)[number];

/** How far back, and in how many seconds each value of it is a mean. */
export const historyWindows = {
  '1h': { seconds: 3_600, stepSec: 10 },
  '24h': { seconds: 86_400, stepSec: 60 },
  '30d': { seconds: 2_592_000, stepSec: 900 },
} as const;
export type HistoryWindow = keyof typeof historyWindows;
export const historyWindowNames = Object.keys(historyWindows) as HistoryWindow[];
