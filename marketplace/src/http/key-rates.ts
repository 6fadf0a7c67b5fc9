import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';

const windowMs = 60_000;

/** What a key may still ask for. */
export interface RateLeft {
  units: number;
  /** Until it may ask for everything again. */
  fullInSec: number;
}

/**
 * How much each key has asked for of late, in units: so many a minute, all at once or spread over it. One
 * number for each key, the moment at which all it has used is given back (the generic cell rate
 * algorithm); a key whose moment has passed needs none.
 */
export class KeyRates {
  readonly unitsPerMinute: number;
  readonly #clock: Clock;
  readonly #msPerUnit: number;
  readonly #keysMax: number;
  readonly #fullAtMs = new Map<string, number>();

  constructor(options: { clock: Clock; unitsPerMinute: number; keysMax: number }) {
    this.#clock = options.clock;
    this.unitsPerMinute = options.unitsPerMinute;
    this.#msPerUnit = windowMs / options.unitsPerMinute;
    this.#keysMax = options.keysMax;
  }

  /** Throws RATE_LIMITED, and takes nothing, where less than the cost is left. */
  take(key: string, cost: number): RateLeft {
    const nowMs = this.#clock.monotonicMs();
    const usedMs = Math.max(0, (this.#fullAtMs.get(key) ?? 0) - nowMs) + cost * this.#msPerUnit;
    if (usedMs > windowMs) {
      const retryAfterSec = Math.ceil((usedMs - windowMs) / 1_000);
      const detail = `This key may ask for ${this.unitsPerMinute} units a minute; this request costs ${cost}.`;
      throw new MarketError('RATE_LIMITED', { detail, retryAfterSec });
    }
    // At the end of the map: who asks now is forgotten last.
    this.#fullAtMs.delete(key);
    this.#fullAtMs.set(key, nowMs + usedMs);
    if (this.#fullAtMs.size > this.#keysMax) this.#forget(nowMs);
    return this.#leftOf(usedMs);
  }

  left(key: string): RateLeft {
    const fullAtMs = this.#fullAtMs.get(key) ?? 0;
    return this.#leftOf(Math.max(0, fullAtMs - this.#clock.monotonicMs()));
  }

  #leftOf(usedMs: number): RateLeft {
    return {
      units: Math.floor((windowMs - usedMs) / this.#msPerUnit),
      fullInSec: Math.ceil(usedMs / 1_000),
    };
  }

  /** Those that have everything again, and of the others the oldest: in bulk, so that it is rare. */
  #forget(nowMs: number): void {
    const kept = this.#keysMax / 2;
    for (const [key, fullAtMs] of this.#fullAtMs) {
      if (fullAtMs <= nowMs) this.#fullAtMs.delete(key);
    }
    for (const key of this.#fullAtMs.keys()) {
      if (this.#fullAtMs.size <= kept) return;
      this.#fullAtMs.delete(key);
    }
  }
}
