import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';

/** Lets through bursts of lines, and for long only so many a second. */
export class LogPace {
  readonly #clock: Clock;
  #linesLeft: number = limits.logLinesBurst;
  #atMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#atMs = clock.monotonicMs();
  }

  /** @returns whether a line may pass. */
  take(): boolean {
    if (this.#linesLeft < 1) this.#refill();
    if (this.#linesLeft < 1) return false;
    this.#linesLeft -= 1;
    return true;
  }

  #refill(): void {
    const nowMs = this.#clock.monotonicMs();
    const gained = ((nowMs - this.#atMs) / 1_000) * limits.logLinesPerSec;
    this.#linesLeft = Math.min(limits.logLinesBurst, this.#linesLeft + gained);
    this.#atMs = nowMs;
  }
}
