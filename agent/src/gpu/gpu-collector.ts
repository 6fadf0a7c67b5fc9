import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import type { GpuDetector, SampleResult } from './gpu-detector.ts';
import { RunningTotals } from './running-totals.ts';
import { type DeviceReading, type DeviceSample, metricsOf } from './telemetry.ts';

export interface GpuCollectorDeps {
  detectors: readonly GpuDetector[];
  clock: Clock;
  log: Logger;
  /** Longest wait for one sampling, milliseconds. */
  timeoutMs?: number;
  /** From this age on a value is history, not a reading, and is given as unavailable. */
  ageMsMax?: number;
}

const timeoutMsDefault = 5_000;
const ageMsMaxDefault = 60_000;

interface Taken {
  sample: DeviceSample;
  takenAtMs: number;
}

/**
 * The last telemetry of every device. One sampling per vendor runs at a time, since parallel
 * nvidia-smi calls have hung cards; a sampling that overruns its time is abandoned but still
 * holds its place until it ends. Reading never waits, so a hung tool can't delay a heartbeat.
 */
export class GpuCollector {
  readonly #deps: GpuCollectorDeps;
  readonly #inFlight = new Map<GpuDetector, Promise<void>>();
  readonly #taken = new Map<GpuDetector, Taken[]>();
  readonly #totals = new RunningTotals();

  constructor(deps: GpuCollectorDeps) {
    this.#deps = deps;
  }

  /** Samples all vendors; resolves at the latest after the timeout, and never rejects. */
  async refresh(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#deps.detectors.map((detector) => this.#refreshOne(detector, signal)));
  }

  /** The last reading of each device, with its age. */
  readings(): DeviceReading[] {
    const nowMs = this.#deps.clock.monotonicMs();
    const ageMsMax = this.#deps.ageMsMax ?? ageMsMaxDefault;
    return [...this.#taken.values()].flat().map(({ sample, takenAtMs }) => {
      const ageMs = Math.max(0, nowMs - takenAtMs);
      if (ageMs <= ageMsMax) return { ...sample, ageMs };
      return { uuid: sample.uuid, metrics: metricsOf({}), ageMs };
    });
  }

  async #refreshOne(detector: GpuDetector, signal: AbortSignal): Promise<void> {
    const deadline = AbortSignal.timeout(this.#deps.timeoutMs ?? timeoutMsDefault);
    const either = AbortSignal.any([signal, deadline]);
    const flight = this.#inFlight.get(detector) ?? this.#start(detector, either);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    if (either.aborted) end();
    else either.addEventListener('abort', () => end(), { once: true });
    await Promise.race([flight, ended]);
  }

  #start(detector: GpuDetector, signal: AbortSignal): Promise<void> {
    const flight = this.#take(detector, signal).finally(() => this.#inFlight.delete(detector));
    this.#inFlight.set(detector, flight);
    return flight;
  }

  async #take(detector: GpuDetector, signal: AbortSignal): Promise<void> {
    // Taken before the call, so that a slow tool makes values look older, never younger.
    const takenAtMs = this.#deps.clock.monotonicMs();
    try {
      this.#keep(detector, await detector.sample(signal), takenAtMs);
    } catch (error) {
      this.#deps.log.warn({ err: error, vendor: detector.vendor }, 'GPU sampling failed');
    }
  }

  #keep(detector: GpuDetector, result: SampleResult, takenAtMs: number): void {
    const codes = result.problems.map((problem) => problem.code);
    if (codes.length > 0) {
      this.#deps.log.warn({ vendor: detector.vendor, codes }, 'GPU sampling had problems');
    }
    // A failed sampling leaves the last good one in place, which goes on ageing.
    if (result.samples.length === 0) return;
    const nowMs = this.#deps.clock.monotonicMs();
    const taken = result.samples.map((sample) => {
      const atMs = sample.ageMs === undefined ? takenAtMs : nowMs - sample.ageMs;
      return { sample: this.#totals.add(sample, atMs), takenAtMs: atMs };
    });
    this.#taken.set(detector, taken);
  }
}
