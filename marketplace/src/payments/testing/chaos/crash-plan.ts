import { type Counts, count } from '../../../testing/counter.ts';
import type { RunTrace } from '../../../testing/run-trace.ts';
import type { SeededRandom } from '../../../testing/seeded-random.ts';
import { engineBoundaries } from './crash-boundaries.ts';

/** The process is gone: everything it still awaits ends with this. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

export interface CrashPlanOptions {
  /** Boundaries to die at, each with the pass at which it happens: 1 is the first. */
  targets: ReadonlyMap<string, number>;
  /** Chance to die at any boundary. */
  rate: number;
  crashesMax: number;
}

/** Decides where processes of one run die. */
export class CrashPlan {
  readonly hits: Counts = {};
  /** Every boundary that was passed, so that new ones are noticed. */
  readonly passed = new Set<string>();
  readonly #random: SeededRandom;
  readonly #rate: number;
  /** Passes left until a target strikes. */
  readonly #targets: Map<string, number>;
  #crashesLeft: number;
  #armed = true;

  constructor(random: SeededRandom, options: CrashPlanOptions) {
    this.#random = random;
    this.#rate = options.rate;
    this.#crashesLeft = options.crashesMax;
    this.#targets = new Map(options.targets);
  }

  /** As most runs want it: one boundary by rotation, some by chance, and a little everywhere. */
  static ofSeed(seed: number, random: SeededRandom): CrashPlan {
    const rotation = engineBoundaries[seed % engineBoundaries.length] ?? '';
    const more = Array.from({ length: random.integer(0, 8) }, () => random.pick(engineBoundaries));
    const targets = new Map(
      [rotation, ...more].map((name) => [name, random.pick([1, 1, 1, 2, 3])]),
    );
    const rate = random.pick([0, 0, 0.002, 0.01]);
    return new CrashPlan(random, { targets, rate, crashesMax: 24 });
  }

  get crashes(): number {
    return Object.values(this.hits).reduce((sum, times) => sum + times, 0);
  }

  /** No more crashes from now on. */
  disarm(): void {
    this.#armed = false;
  }

  /** Whether the process dies here. */
  strikes(boundary: string, trace: RunTrace): boolean {
    this.passed.add(boundary);
    if (!this.#armed || this.#crashesLeft <= 0) return false;
    if (!this.#isTarget(boundary) && !(this.#rate > 0 && this.#random.chance(this.#rate))) {
      return false;
    }
    this.#crashesLeft -= 1;
    count(this.hits, boundary);
    trace.add(`crash at ${boundary}`);
    return true;
  }

  #isTarget(boundary: string): boolean {
    const left = this.#targets.get(boundary);
    if (left === undefined) return false;
    if (left > 1) this.#targets.set(boundary, left - 1);
    else this.#targets.delete(boundary);
    return left === 1;
  }
}
