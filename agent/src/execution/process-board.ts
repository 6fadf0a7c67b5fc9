import type { Clock } from '@node3/shared/clock';
import { localLimits } from '@node3/shared/local-limits';
import type { Logger } from '@node3/shared/logger';
import type { GpuDetector, GpuProcess } from '../gpu/gpu-detector.ts';

export interface ProcessBoardDeps {
  detectors: readonly GpuDetector[];
  clock: Clock;
  log: Logger;
}

export interface ProcessLook {
  atMs: number;
  /** Of each device whose tool tells; a device that is missing is unknown. */
  found: ReadonlyMap<string, readonly GpuProcess[]>;
  /** Devices of these makers were asked for and answered, so that none listed is none there. */
  vendors: ReadonlySet<string>;
}

const timeoutMs = 10_000;

/**
 * The programs on the GPUs, asked for only while somebody looks: it starts a tool, and another look
 * soon after is answered with the same.
 */
export class ProcessBoard {
  readonly #deps: ProcessBoardDeps;
  #last: { look: Promise<ProcessLook>; atMs: number } | null = null;

  constructor(deps: ProcessBoardDeps) {
    this.#deps = deps;
  }

  look(): Promise<ProcessLook> {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#last !== null && nowMs - this.#last.atMs < localLimits.processesEveryMs) {
      return this.#last.look;
    }
    const look = this.#look();
    this.#last = { look, atMs: nowMs };
    return look;
  }

  async #look(): Promise<ProcessLook> {
    const { clock, detectors, log } = this.#deps;
    const found = new Map<string, GpuProcess[]>();
    const vendors = new Set<string>();
    const signal = AbortSignal.timeout(timeoutMs);
    const asked = detectors.map(async (detector) => {
      try {
        const processes = (await detector.processes?.(signal)) ?? null;
        if (processes === null) return;
        vendors.add(detector.vendor);
        for (const one of processes) {
          found.set(one.deviceId, [...(found.get(one.deviceId) ?? []), one]);
        }
      } catch (error) {
        log.warn({ err: error, vendor: detector.vendor }, 'asking for the programs on GPUs failed');
      }
    });
    await Promise.all(asked);
    return { atMs: clock.nowMs(), found, vendors };
  }
}
