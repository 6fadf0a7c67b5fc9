/** What one window of a ring came to: a mean of each step, or null where nothing was read. */
export type RingPoints = (number | null)[];

/**
 * Means of the last steps of time, in a ring of fixed size. A step without a value stays unknown, and
 * steps that nobody saw are unknown too.
 */
export class MeanRing {
  readonly #means: Float64Array;
  readonly #stepMs: number;
  /** Steps since the Unix epoch of the newest value. */
  #newest = -1;
  #sum = 0;
  #count = 0;

  constructor(stepSec: number, seconds: number) {
    this.#stepMs = stepSec * 1_000;
    this.#means = new Float64Array(seconds / stepSec).fill(Number.NaN);
  }

  /** A clock that was set back takes what it had written of the future with it. */
  add(atMs: number, value: number): void {
    const step = Math.floor(atMs / this.#stepMs);
    if (step !== this.#newest) this.#turnTo(step);
    this.#sum += value;
    this.#count += 1;
    this.#means[step % this.#means.length] = this.#sum / this.#count;
  }

  /** From `length` steps ago to the step of `nowMs`, which comes last. */
  points(nowMs: number): RingPoints {
    const size = this.#means.length;
    const last = Math.floor(nowMs / this.#stepMs);
    return Array.from({ length: size }, (_, index) => this.#at(last - size + 1 + index));
  }

  /** Takes back what `points` gave at `nowMs`. */
  restore(nowMs: number, points: RingPoints): void {
    const size = this.#means.length;
    const last = Math.floor(nowMs / this.#stepMs);
    this.#means.fill(Number.NaN);
    this.#newest = last;
    this.#sum = 0;
    this.#count = 0;
    for (const [index, value] of points.slice(-size).entries()) {
      const step = last - Math.min(points.length, size) + 1 + index;
      if (value !== null) this.#means[step % size] = value;
    }
  }

  #at(step: number): number | null {
    const size = this.#means.length;
    if (step < 0 || step > this.#newest || step <= this.#newest - size) return null;
    const mean = this.#means[step % size];
    return mean === undefined || Number.isNaN(mean) ? null : mean;
  }

  #turnTo(step: number): void {
    const size = this.#means.length;
    const from = Math.min(step, this.#newest + 1);
    const to = Math.max(step, this.#newest);
    if (this.#newest < 0 || to - from >= size) this.#means.fill(Number.NaN);
    else for (let each = from; each <= to; each += 1) this.#means[each % size] = Number.NaN;
    this.#newest = step;
    this.#sum = 0;
    this.#count = 0;
  }
}
