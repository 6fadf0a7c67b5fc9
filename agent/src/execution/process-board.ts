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
  /** When the oldest of its answers came. */
  atMs: number;
  /** Of each device whose tool tells; a device that is missing is unknown. */
  found: ReadonlyMap<string, readonly GpuProcess[]>;
  /** Devices of these makers were asked for and answered, so that none listed is none there. */
  vendors: ReadonlySet<string>;
}

interface Answer {
  atMs: number;
  /** null where no tool told, such as one that failed or hung. */
  processes: readonly GpuProcess[] | null;
}

const timeoutMs = 10_000;

/**
 * The programs on the GPUs, asked for only while somebody looks: it starts tools, and another look
 * soon after is answered with the same. A tool that told nothing is asked again by the next look.
 */
export class ProcessBoard {
  readonly #deps: ProcessBoardDeps;
  readonly #last = new Map<GpuDetector, { answer: Promise<Answer>; askedMs: number }>();

  constructor(deps: ProcessBoardDeps) {
    this.#deps = deps;
  }

  async look(): Promise<ProcessLook> {
    const { clock, detectors } = this.#deps;
    const found = new Map<string, GpuProcess[]>();
    const vendors = new Set<string>();
    const times: number[] = [];
    const asked = detectors.map(async (detector) => {
      const answer = await this.#answerOf(detector);
      if (answer.processes === null) return;
      vendors.add(detector.vendor);
      times.push(answer.atMs);
      for (const one of answer.processes) {
        found.set(one.deviceId, [...(found.get(one.deviceId) ?? []), one]);
      }
    });
    await Promise.all(asked);
    return { atMs: Math.min(clock.nowMs(), ...times), found, vendors };
  }

  async #answerOf(detector: GpuDetector): Promise<Answer> {
    const nowMs = this.#deps.clock.monotonicMs();
    const last = this.#last.get(detector);
    if (last !== undefined && nowMs - last.askedMs < localLimits.processesEveryMs) {
      return last.answer;
    }
    const next = { answer: this.#ask(detector), askedMs: nowMs };
    this.#last.set(detector, next);
    const answer = await next.answer;
    if (answer.processes === null && this.#last.get(detector) === next) {
      this.#last.delete(detector);
    }
    return answer;
  }

  async #ask(detector: GpuDetector): Promise<Answer> {
    const { clock, log } = this.#deps;
    try {
      const processes = (await detector.processes?.(AbortSignal.timeout(timeoutMs))) ?? null;
      return { atMs: clock.nowMs(), processes };
    } catch (error) {
      log.warn({ err: error, vendor: detector.vendor }, 'asking for the programs on GPUs failed');
      return { atMs: clock.nowMs(), processes: null };
    }
  }
}
