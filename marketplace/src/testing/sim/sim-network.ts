import { type Counts, count } from '../counter.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { SwarmFaults } from './faults.ts';
import type { Owner } from './owner.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One direction between the marketplace and somebody. */
export type Direction = 'to-market' | 'from-market';

export interface SimNetworkDeps {
  time: VirtualTime;
  random: SeededRandom;
  faults: SwarmFaults;
  counts: Counts;
}

/** Carries messages late, twice, out of order or not at all. */
export class SimNetwork {
  readonly #deps: SimNetworkDeps;
  /** Until when, by name and direction, nothing passes. */
  readonly #cuts = new Map<string, number>();
  #calm = false;

  constructor(deps: SimNetworkDeps) {
    this.#deps = deps;
  }

  get time(): VirtualTime {
    return this.#deps.time;
  }

  /** How long bytes of a connection travel: what is lost is sent again, and takes longer. */
  streamDelayMs(): number {
    const { random, faults } = this.#deps;
    const isLost = !this.#calm && random.chance(faults.drop);
    return this.#delayMs(1) + (isLost ? 1_000 : 0);
  }

  /** From here on the network is a good one. */
  calm(): void {
    this.#calm = true;
    this.#cuts.clear();
  }

  cut(name: string, direction: Direction, forMs: number): void {
    this.#cuts.set(`${name} ${direction}`, this.#deps.time.monotonicMs() + forMs);
  }

  isCut(name: string, direction: Direction): boolean {
    return (this.#cuts.get(`${name} ${direction}`) ?? 0) > this.#deps.time.monotonicMs();
  }

  /** Delivers to `receiver`, if it still lives by then, once, twice or never. */
  carry(name: string, direction: Direction, receiver: Owner, deliver: () => void): void {
    const { random, faults, counts } = this.#deps;
    if (!this.#calm && random.chance(faults.drop)) count(counts, 'dropped');
    else this.#carryOnce(name, direction, receiver, deliver, 1);
    if (this.#calm || !random.chance(faults.duplicate)) return;
    count(counts, 'duplicated');
    this.#carryOnce(name, direction, receiver, deliver, 3);
  }

  #carryOnce(
    name: string,
    direction: Direction,
    receiver: Owner,
    deliver: () => void,
    slowness: number,
  ): void {
    const { time } = this.#deps;
    const arrives = () => {
      if (this.isCut(name, direction)) count(this.#deps.counts, 'cut off');
      else deliver();
    };
    time.after(this.#delayMs(slowness), arrives, receiver, 'message');
  }

  #delayMs(slowness: number): number {
    const { time, random, faults } = this.#deps;
    const meanMs = this.#calm ? 10 : faults.delayMs * slowness;
    const delayMs = 1 - Math.log(1 - random.next()) * meanMs;
    if (this.#calm || faults.gridMs === 1) return delayMs;
    const nowMs = time.monotonicMs();
    const arrivesMs = Math.ceil((nowMs + delayMs) / faults.gridMs) * faults.gridMs;
    return arrivesMs - nowMs;
  }
}
