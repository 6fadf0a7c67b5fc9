import type { Logger } from '@node3/shared/logger';
import type { DoctorReport } from '@node3/shared/routes/agent-upkeep';
import { toTimestamp } from '@node3/shared/schema';
import { agentLimits } from '../agent-limits.ts';
import type { Check } from '../doctor/check.ts';
import type { HostClock } from '../host-clock.ts';

export interface DoctorDeskDeps {
  clock: Pick<HostClock, 'nowMs'>;
  log: Logger;
  /** Looks at the machine; may take minutes. */
  examine: () => Promise<readonly Check[]>;
  /** Longest look, milliseconds; left out, the usual. */
  timeoutMs?: number;
}

/** Lets the doctor look at this machine for the page, one look at a time, and remembers the last. */
export class DoctorDesk {
  readonly #deps: DoctorDeskDeps;
  #runningSinceMs: number | null = null;
  #last: { finishedAtMs: number; checks: readonly Check[] } | null = null;
  #error: string | null = null;

  constructor(deps: DoctorDeskDeps) {
    this.#deps = deps;
  }

  report(): DoctorReport {
    const at = (ms: number | undefined | null) => (ms == null ? null : toTimestamp(ms));
    return {
      runningSince: at(this.#runningSinceMs),
      finishedAt: at(this.#last?.finishedAtMs),
      checks: this.#last === null ? null : [...this.#last.checks],
      error: this.#error,
    };
  }

  /** One that looks already goes on. */
  start(): DoctorReport {
    if (this.#runningSinceMs === null) {
      this.#runningSinceMs = this.#deps.clock.nowMs();
      void this.#run();
    }
    return this.report();
  }

  /** What overruns its time keeps the place until it ends, so that there is never a second one. */
  async #run(): Promise<void> {
    const { clock, examine, log, timeoutMs = agentLimits.doctorMsMax } = this.#deps;
    const timer = setTimeout(() => {
      this.#error = `It has not ended after ${timeoutMs / 1_000} s, and goes on.`;
    }, timeoutMs);
    try {
      const checks = await examine();
      this.#last = { finishedAtMs: clock.nowMs(), checks };
      this.#error = null;
    } catch (error) {
      log.warn({ err: error }, 'the doctor failed');
      this.#error = error instanceof Error ? error.message : String(error);
    } finally {
      clearTimeout(timer);
      this.#runningSinceMs = null;
    }
  }
}
