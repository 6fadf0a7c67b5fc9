import type { Owner } from './owner.ts';
import type { CrashDice } from './sim-crash.ts';
import { boundaryOf, SimCrash } from './sim-crash.ts';

/** One process of the marketplace from its start to its death. */
export class MarketLife implements Owner {
  readonly name: string;
  dead = false;
  stillUntilMs = 0;
  stillSinceMs = 0;
  stillness: Owner['stillness'] = 'stalled';
  readonly #dice: CrashDice;
  readonly #onDeath: () => void;

  constructor(name: string, dice: CrashDice, onDeath: () => void) {
    this.name = name;
    this.#dice = dice;
    this.#onDeath = onDeath;
  }

  die(): void {
    if (this.dead) return;
    this.dead = true;
    this.#onDeath();
  }

  /** Throws SimCrash when the process dies at this boundary, or is dead already. */
  reach(boundary: string): void {
    if (this.dead) throw new SimCrash('the process is gone');
    if (!this.#dice.strikes(boundary)) return;
    this.die();
    throw new SimCrash(boundary);
  }

  /** What a dead process still does to its file nobody sees: the next one goes on with a copy. */
  beforeStatement(sql: string): void {
    if (this.dead) return;
    const boundary = boundaryOf(sql);
    if (boundary !== null) this.reach(boundary);
  }
}
