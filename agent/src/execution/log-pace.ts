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

  /** @returns whether a line may pass, or so many together. */
  take(lines = 1): boolean {
    if (this.#linesLeft < lines) this.#refill();
    if (this.#linesLeft < lines) return false;
    this.#linesLeft -= lines;
    return true;
  }

  #refill(): void {
    const nowMs = this.#clock.monotonicMs();
    const gained = ((nowMs - this.#atMs) / 1_000) * limits.logLinesPerSec;
    this.#linesLeft = Math.min(limits.logLinesBurst, this.#linesLeft + gained);
    this.#atMs = nowMs;
  }
}
