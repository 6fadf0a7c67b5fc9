import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@node3/shared/clock';

export interface TrafficLimits {
  bytesMax: number;
  bytesPerSec: number;
}

/** The job has moved all the bytes it may. */
export class TrafficUsedUp extends Error {
  override readonly name = 'TrafficUsedUp';
}

/** Counts one job's traffic over all its connections, holds it to a rate and ends it at a total. */
export class TrafficMeter {
  readonly #limits: TrafficLimits;
  readonly #clock: Clock;
  #bytes = 0;
  /** Until then everything taken so far is within the rate. */
  #paidUntilMs: number;

  constructor(limits: TrafficLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#paidUntilMs = clock.monotonicMs();
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isUsedUp(): boolean {
    return this.#bytes >= this.#limits.bytesMax;
  }

  /** Milliseconds to wait before the bytes go on. @throws TrafficUsedUp. */
  take(bytes: number): number {
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.bytesMax) {
      this.#bytes = this.#limits.bytesMax;
      throw new TrafficUsedUp('the job has moved all the bytes it may');
    }
    const nowMs = this.#clock.monotonicMs();
    // What was not used in the last second is kept, nothing older.
    this.#paidUntilMs = Math.max(this.#paidUntilMs, nowMs - burstMs);
    this.#paidUntilMs += (bytes / this.#limits.bytesPerSec) * 1000;
    return Math.max(0, this.#paidUntilMs - nowMs);
  }

  /** Resolves when the bytes may go on. Throws like `take`. */
  async pay(bytes: number): Promise<void> {
    const waitMs = this.take(bytes);
    if (waitMs > 0) await sleep(waitMs);
  }

  /** Passes a stream's chunks on at the rate. Throws like `take`. */
  async *pass(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      await this.pay(chunk.length);
      yield chunk;
    }
  }
}

const burstMs = 1_000;
