import type { DeviceMetrics, DeviceSample, Metric, MetricName } from './telemetry.ts';

/** A longer silence is not bridged: what happened in it is unknown and is left out of the sum. */
const gapMsMax = 60_000;

/** A sum over time of what is measured as a rate. */
const sums = [
  { total: 'energyJoules', rate: 'powerWatts' },
  { total: 'pcieReceivedBytes', rate: 'pcieReceiveBytesPerSecond' },
  { total: 'pcieTransmittedBytes', rate: 'pcieTransmitBytesPerSecond' },
] as const satisfies readonly { total: MetricName; rate: MetricName }[];

interface Running {
  /** `null` while nothing has been summed up. */
  total: number | null;
  rate: number;
  atMs: number;
}

/**
 * Sums up power to energy and throughput to bytes where a device does not count them itself. The
 * sums are estimates, begin with the time between the first two readings, and never go back. What a
 * device has once counted itself is unknown while its count can't be read: it is no estimate then.
 */
export class RunningTotals {
  readonly #running = new Map<string, Running>();
  readonly #counted = new Set<string>();

  /**
   * @param takenAtMs monotonic milliseconds. @returns the sample with the sums it lacks.
   */
  add(sample: DeviceSample, takenAtMs: number): DeviceSample {
    const found: Partial<DeviceMetrics> = {};
    for (const { rate, total } of sums) {
      const key = `${sample.uuid} ${total}`;
      if (sample.metrics[total].value !== null) this.#counted.add(key);
      if (this.#counted.has(key)) continue;
      const sum = this.#sum(key, sample.metrics[rate], takenAtMs);
      if (sum !== null) found[total] = { value: sum, source: 'estimated' };
    }
    return { ...sample, metrics: { ...sample.metrics, ...found } };
  }

  /** The mean of two readings over the time between them; `null` while there is no rate. */
  #sum(key: string, { value: rate }: Metric, atMs: number): number | null {
    const before = this.#running.get(key);
    if (rate === null) return before?.total ?? null;
    const gapMs = before === undefined ? 0 : atMs - before.atMs;
    if (before !== undefined && gapMs <= 0) return before.total;
    const bridged = before !== undefined && gapMs <= gapMsMax;
    const added = bridged ? (((before.rate + rate) / 2) * gapMs) / 1_000 : null;
    const total = added === null ? (before?.total ?? null) : (before?.total ?? 0) + added;
    this.#running.set(key, { total, rate, atMs });
    return total;
  }
}
