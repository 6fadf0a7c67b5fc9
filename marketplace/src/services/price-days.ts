import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import { agreedPrice, classOfDevices, PriceTally, type Spread } from '../domain/price-history.ts';
import { dayOf } from '../domain/spending-caps.ts';
import type { PricedRun, PriceStore } from '../store/price-store.ts';

const dayMs = 86_400_000;
/** After that nothing is added to a day any more, whatever a replica's clock says. */
const settledAfterMs = 300_000;
/** However much there is to read, reading it takes a small part of the time. */
const restFactor = 20;
const restMsMin = 1_000;

export interface DayPrices {
  /** Days since 1970, UTC. */
  day: number;
  /** By `tallyKey`. */
  prices: ReadonlyMap<string, { jobs: number; spread: Spread }>;
  unclassed: number;
  runs: number;
}

/** Prices by day, in memory. A day that is over is read once; the one under way again and again. */
export class PriceDays {
  readonly #store: PriceStore;
  readonly #clock: Clock;
  readonly #over = new Map<number, DayPrices>();
  #reading: Promise<DayPrices[]> | null = null;
  #last: DayPrices[] = [];
  #restUntilMs = Number.NEGATIVE_INFINITY;

  constructor(store: PriceStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The newest first, without a gap: as far back as prices go, or as so many runs go. */
  async read(): Promise<readonly DayPrices[]> {
    if (this.#reading === null && this.#clock.monotonicMs() < this.#restUntilMs) return this.#last;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAll(): Promise<DayPrices[]> {
    const startedAtMs = this.#clock.monotonicMs();
    const today = dayOf(this.#clock.nowMs());
    for (const day of this.#over.keys()) {
      if (day <= today - limits.priceDaysMax) this.#over.delete(day);
    }
    const days: DayPrices[] = [];
    let left: number = limits.pricedRunsMax;
    for (let day = today; day > today - limits.priceDaysMax; day -= 1) {
      const found = this.#over.get(day) ?? (await this.#readDay(day, left));
      if (found === null || found.runs > left) break;
      left -= found.runs;
      days.push(found);
    }
    const tookMs = this.#clock.monotonicMs() - startedAtMs;
    this.#restUntilMs = this.#clock.monotonicMs() + Math.max(restMsMin, tookMs * restFactor);
    this.#last = days;
    return days;
  }

  /** null for a day with more runs than may be looked at. */
  async #readDay(day: number, runsMax: number): Promise<DayPrices | null> {
    const tally = new PriceTally();
    const beforeMs = (day + 1) * dayMs;
    let after: Pick<PricedRun, 'finishedAtMs' | 'executionId'> = {
      finishedAtMs: day * dayMs,
      executionId: '',
    };
    let runs = 0;
    for (;;) {
      const limit = limits.pricedRunsPerRead;
      const found = await this.#store.pricedRuns({ after, beforeMs, limit });
      runs += found.length;
      if (runs > runsMax) return null;
      for (const run of found) {
        const price = agreedPrice(run);
        if (run.charged && price !== null) tally.add(classOfDevices(run.devices), run.asset, price);
      }
      const last = found.at(-1);
      if (last === undefined || found.length < limit) break;
      after = last;
      await setImmediate();
    }
    const read = { day, prices: tally.sumUp(), unclassed: tally.unclassed, runs };
    if (this.#clock.nowMs() > beforeMs + settledAfterMs) this.#over.set(day, read);
    return read;
  }
}
