import type { Clock } from '@node3/shared/clock';
import { nextFairMs } from '../domain/job-rank.ts';

/** With fewer accounts than this nothing is swept: it would save nothing worth the walk. */
const sweptFrom = 1_024;

/** The clock of every account that is ahead of the time, because it has posted much: see `nextFairMs`. */
export class FairClocks {
  readonly #clock: Clock;
  readonly #fairMs = new Map<string, number>();
  #sweepAt = sweptFrom;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Clocks that are kept: those ahead of the time, and some that are not swept yet. */
  get size(): number {
    return this.#fairMs.size;
  }

  /** What the clock of an account says for the job it posts now. */
  next(accountId: string, gpus: number): number {
    const nowMs = this.#clock.nowMs();
    const fairMs = nextFairMs(this.#fairMs.get(accountId) ?? null, gpus, nowMs);
    this.#fairMs.set(accountId, fairMs);
    if (this.#fairMs.size >= this.#sweepAt) this.#sweep(nowMs);
    return fairMs;
  }

  /** Notes what an open job was given before a restart. */
  restore(accountId: string, fairMs: number): void {
    if (fairMs > (this.#fairMs.get(accountId) ?? this.#clock.nowMs())) {
      this.#fairMs.set(accountId, fairMs);
    }
  }

  /** A clock that is behind says nothing. Rarer the more accounts are ahead. */
  #sweep(nowMs: number): void {
    for (const [accountId, fairMs] of this.#fairMs) {
      if (fairMs < nowMs) this.#fairMs.delete(accountId);
    }
    this.#sweepAt = Math.max(sweptFrom, 2 * this.#fairMs.size);
  }
}
