import type { Clock } from '../clock.ts';

/** A clock that moves only when the test says so. */
export class ManualClock implements Clock {
  #nowMs: number;
  constructor(startMs = 1_800_000_000_000) {
    this.#nowMs = startMs;
  }
  nowMs(): number {
    return this.#nowMs;
  }
  monotonicMs(): number {
    return this.#nowMs;
  }
  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
