import type { Asks } from '@node3/shared/device';
import type { DeviceReading } from '../gpu/telemetry.ts';
import type { HostClock } from '../host-clock.ts';

/** What is known of a device while a run had it; null is unknown. */
export interface RunDevice {
  deviceId: string;
  model: string | null;
  asks: Asks;
  /** Mean of what it was measured to draw. */
  watts: number | null;
  electricityUsdPerKwh: number | null;
}

export interface RunMeterDeps {
  clock: Pick<HostClock, 'monotonicMs'>;
  /** A device as it stands now, without its watts. */
  describe(deviceId: string): Omit<RunDevice, 'watts'>;
}

interface Drawn {
  takenAtMs: number;
  wattMs: number;
  ms: number;
}

interface Run {
  deviceIds: readonly string[];
  drawn: Map<string, Drawn>;
}

/** For how long one reading can stand, so that a gap is not filled with it. */
const readingMsMax = 10_000;

/** Measures what runs draw. What is lost with the process is unknown, and no reason not to go on. */
export class RunMeter {
  readonly #deps: RunMeterDeps;
  readonly #runs = new Map<string, Run>();

  constructor(deps: RunMeterDeps) {
    this.#deps = deps;
  }

  begin(executionId: string, deviceIds: readonly string[]): void {
    const takenAtMs = this.#deps.clock.monotonicMs();
    const drawn = new Map(deviceIds.map((id) => [id, { takenAtMs, wattMs: 0, ms: 0 }]));
    this.#runs.set(executionId, { deviceIds, drawn });
  }

  /** Takes in readings. Each counts for the time since the one before it, or the beginning. */
  note(readings: readonly DeviceReading[]): void {
    if (this.#runs.size === 0) return;
    const nowMs = this.#deps.clock.monotonicMs();
    for (const { uuid, ageMs, metrics } of readings) {
      const { source, value } = metrics.powerWatts;
      if (value === null || source !== 'measured') continue;
      for (const { drawn } of this.#runs.values()) {
        const sum = drawn.get(uuid);
        const sinceMs = nowMs - ageMs - (sum?.takenAtMs ?? Number.POSITIVE_INFINITY);
        if (sum === undefined || sinceMs <= 0) continue;
        const ms = Math.min(sinceMs, readingMsMax);
        drawn.set(uuid, {
          takenAtMs: nowMs - ageMs,
          wattMs: sum.wattMs + value * ms,
          ms: sum.ms + ms,
        });
      }
    }
  }

  /** The run is over, or was never here: then nothing is known of what it drew. */
  end(executionId: string, deviceIds: readonly string[]): RunDevice[] {
    const drawn = this.#runs.get(executionId)?.drawn;
    this.#runs.delete(executionId);
    return deviceIds.map((deviceId) => {
      const { ms, wattMs } = drawn?.get(deviceId) ?? { ms: 0, wattMs: 0 };
      return { ...this.#deps.describe(deviceId), watts: ms > 0 ? wattMs / ms : null };
    });
  }
}
