import type { Clock } from '@node3/shared/clock';

/** Time that passes only when the run says so, on a wall clock that may be set wrong. */
export class ChaosClock implements Clock {
  #passedMs = 0;
  #skewMs = 0;

  nowMs(): number {
    return 1_800_000_000_000 + this.#passedMs + this.#skewMs;
  }

  monotonicMs(): number {
    return this.#passedMs;
  }

  pass(ms: number): void {
    this.#passedMs += ms;
  }

  /** Somebody sets the wall clock: from now on it is this far from the truth. */
  skew(ms: number): void {
    this.#skewMs = ms;
  }
}
