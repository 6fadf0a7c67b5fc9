import {
  type HistoryMetric,
  type HistoryWindow,
  historyMetrics,
  historyWindowNames,
  historyWindows,
} from '@node3/shared/device-metrics';
import { limits } from '@node3/shared/limits';
import type { TelemetryHistory as History } from '@node3/shared/routes/agent-devices';
import { toTimestamp } from '@node3/shared/schema';
import type { DeviceReading, MetricSource } from '../gpu/telemetry.ts';
import type { HostClock } from '../host-clock.ts';
import { MeanRing } from './mean-ring.ts';
import type { StoredHistory } from './stored-history.ts';

type Rings = Record<HistoryWindow, MeanRing>;

interface DevicePast {
  rings: Record<HistoryMetric, Rings>;
  sources: Record<HistoryMetric, MetricSource>;
  /** Monotonic; what was read then is in the rings already. */
  takenAtMs: number;
}

const percent = 100;

/**
 * What each device measured over the last hour, day and month. About 370 KiB of memory for each device,
 * whatever happens. A value that was not read is a gap, and so is the time in which no agent ran.
 */
export class TelemetryHistory {
  readonly #clock: Pick<HostClock, 'nowMs' | 'monotonicMs'>;
  readonly #devices = new Map<string, DevicePast>();

  constructor(clock: Pick<HostClock, 'nowMs' | 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** @param held the devices that jobs have now. */
  note(readings: readonly DeviceReading[], held: ReadonlySet<string>): void {
    const nowMs = this.#clock.nowMs();
    for (const reading of readings) {
      const past = this.#pastOf(reading.uuid);
      if (past === null) continue;
      add(past, 'busyRatio', nowMs, held.has(reading.uuid) ? 1 : 0);
      const takenAtMs = this.#clock.monotonicMs() - reading.ageMs;
      // A reading that stays the last one for a while is no measurement of that while.
      if (takenAtMs <= past.takenAtMs) continue;
      past.takenAtMs = takenAtMs;
      for (const [metric, value, source] of valuesOf(reading)) {
        past.sources[metric] = source;
        if (value !== null) add(past, metric, nowMs - reading.ageMs, value);
      }
    }
  }

  view(window: HistoryWindow): History {
    const nowMs = this.#clock.nowMs();
    const { seconds, stepSec } = historyWindows[window];
    const stepMs = stepSec * 1_000;
    const toMs = (Math.floor(nowMs / stepMs) + 1) * stepMs;
    return {
      window,
      stepSec,
      from: toTimestamp(toMs - seconds * 1_000),
      to: toTimestamp(toMs),
      devices: [...this.#devices].map(([deviceId, { rings, sources }]) => ({
        deviceId,
        series: historyMetrics.map((metric) => ({
          metric,
          source: sources[metric],
          points: rings[metric][window].points(nowMs),
        })),
      })),
    };
  }

  store(): StoredHistory {
    const atMs = this.#clock.nowMs();
    const devices = [...this.#devices].map(([deviceId, { rings }]) => ({
      deviceId,
      points: historyMetrics.map((metric) =>
        historyWindowNames.map((window) => rings[metric][window].points(atMs)),
      ),
    }));
    return { version: 1, atMs, metrics: [...historyMetrics], devices };
  }

  /** What an earlier process stored. Metrics that it did not know stay unknown. */
  restore(stored: StoredHistory): void {
    // The clock was set back: nobody knows when it was.
    if (stored.atMs > this.#clock.nowMs()) return;
    for (const { deviceId, points } of stored.devices) {
      const past = this.#pastOf(deviceId);
      if (past === null) continue;
      for (const metric of historyMetrics) {
        const ofMetric = points[stored.metrics.indexOf(metric)];
        for (const [index, window] of historyWindowNames.entries()) {
          const known = ofMetric?.[index];
          if (known !== undefined) past.rings[metric][window].restore(stored.atMs, known);
        }
      }
    }
  }

  /** null for one device too many. */
  #pastOf(deviceId: string): DevicePast | null {
    const known = this.#devices.get(deviceId);
    if (known !== undefined) return known;
    if (this.#devices.size >= limits.devicesPerAgent) return null;
    const past = {
      rings: byMetric(() => byWindow()),
      sources: byMetric((): MetricSource => 'unavailable'),
      takenAtMs: Number.NEGATIVE_INFINITY,
    };
    past.sources.busyRatio = 'measured';
    this.#devices.set(deviceId, past);
    return past;
  }
}

function add(past: DevicePast, metric: HistoryMetric, atMs: number, value: number): void {
  for (const window of historyWindowNames) past.rings[metric][window].add(atMs, value);
}

function byMetric<Value>(make: () => Value): Record<HistoryMetric, Value> {
  return Object.fromEntries(historyMetrics.map((metric) => [metric, make()])) as Record<
    HistoryMetric,
    Value
  >;
}

function byWindow(): Rings {
  const rings = historyWindowNames.map((window) => {
    const { seconds, stepSec } = historyWindows[window];
    return [window, new MeanRing(stepSec, seconds)];
  });
  return Object.fromEntries(rings) as Rings;
}

function valuesOf({
  metrics,
  slowdowns,
}: DeviceReading): [HistoryMetric, number | null, MetricSource][] {
  const ratio = (value: number | null) => (value === null ? null : value / percent);
  const { fanPercent, utilizationPercent } = metrics;
  const plain = [
    'memoryUsedBytes',
    'temperatureCelsius',
    'powerWatts',
    'powerLimitWatts',
    'smClockMegahertz',
  ] as const;
  const isSlowed = slowdowns === undefined ? null : Number(slowdowns.length > 0);
  return [
    ['utilizationRatio', ratio(utilizationPercent.value), utilizationPercent.source],
    ['fanRatio', ratio(fanPercent.value), fanPercent.source],
    ['slowedRatio', isSlowed, isSlowed === null ? 'unavailable' : 'measured'],
    ...plain.map((name): [HistoryMetric, number | null, MetricSource] => [
      name,
      metrics[name].value,
      metrics[name].source,
    ]),
  ];
}
