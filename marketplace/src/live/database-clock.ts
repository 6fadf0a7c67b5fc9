import type { Clock } from '@node3/shared/clock';

/** A difference above this is no drift: the machine slept, or somebody set a clock. */
const stepMs = 30_000;
/** Otherwise at most this much is put right with each measurement: no lease ends because of it. */
const slewMsMax = 250;

/**
 * The database's time, as far as this process knows it. Leases are written by one replica and judged by
 * another: with one clock for all of them it doesn't matter whose own clock is wrong.
 */
export class DatabaseClock implements Clock {
  readonly #monotonicMs: () => number;
  #baseMs: number;

  /** `databaseMs` is the database's time at this moment. */
  constructor(databaseMs: number, monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
    this.#baseMs = databaseMs - monotonicMs();
  }

  nowMs(): number {
    return Math.round(this.#baseMs + this.#monotonicMs());
  }

  monotonicMs(): number {
    return this.#monotonicMs();
  }

  /** What the database said its time is at this moment. @returns by how much we were off before. */
  adjust(databaseMs: number): number {
    const offMs = databaseMs - (this.#baseMs + this.#monotonicMs());
    const isStep = Math.abs(offMs) > stepMs;
    this.#baseMs += isStep ? offMs : Math.max(-slewMsMax, Math.min(slewMsMax, offMs));
    return offMs;
  }
}
