import { type Counts, count } from '../counter.ts';
import type { RunTrace } from '../run-trace.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { SwarmFaults } from './faults.ts';

/** The process is gone: everything it still awaits ends with this. */
export class SimCrash extends Error {
  override readonly name = 'SimCrash';
}

/** Enough to die while recovering from dying; more would leave no time to do anything. */
const crashesMax = 12;

/** Decides at which boundaries processes of one run die, and remembers all that were passed. */
export class CrashDice {
  readonly hits: Counts = {};
  readonly passed = new Set<string>();
  readonly #random: SeededRandom;
  readonly #faults: Pick<SwarmFaults, 'crashRate' | 'crashFirstRate'>;
  readonly #trace: RunTrace;
  #crashesLeft = 0;

  constructor(random: SeededRandom, faults: SwarmFaults, trace: RunTrace) {
    this.#random = random;
    this.#faults = faults;
    this.#trace = trace;
  }

  /** From here on processes die. */
  arm(): void {
    this.#crashesLeft = crashesMax;
  }

  calm(): void {
    this.#crashesLeft = 0;
  }

  strikes(boundary: string): boolean {
    const isFirst = !this.passed.has(boundary);
    if (isFirst) this.passed.add(boundary);
    const { crashRate, crashFirstRate } = this.#faults;
    const rate = isFirst ? Math.max(crashRate, crashFirstRate) : crashRate;
    if (rate === 0 || this.#crashesLeft === 0 || !this.#random.chance(rate)) return false;
    this.#crashesLeft -= 1;
    count(this.hits, boundary);
    this.#trace.add(`crash ${boundary}`);
    return true;
  }
}

const statementStart =
  /^\s*(INSERT|UPDATE|DELETE|BEGIN|COMMIT)(?:\s+OR\s+\w+)?(?:\s+(?:INTO|FROM))?(?:\s+(\w+))?/i;

/** Names the boundary before a statement; null for what writes nothing. */
export function boundaryOf(sql: string): string | null {
  const [, verb, table] = statementStart.exec(sql) ?? [];
  if (verb === undefined) return null;
  const word = verb.toUpperCase();
  if (word === 'BEGIN') return null;
  return word === 'COMMIT' ? 'before COMMIT' : `before ${word} ${table ?? ''}`;
}
