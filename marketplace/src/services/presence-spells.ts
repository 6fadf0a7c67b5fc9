import { limits } from '@node3/shared/limits';
import type { Spell } from '../domain/uptime.ts';

/** When an agent was there, as far as the store does not know it yet. In memory: hearing costs no row. */
export class PresenceSpells {
  #over: Spell[] = [];
  #current: Spell | null;

  /** @param countedToMs what was before is in the store; null: others count, until it is heard here. */
  constructor(countedToMs: number | null) {
    this.#current = countedToMs === null ? null : { fromMs: countedToMs, toMs: countedToMs };
  }

  /** @returns whether it was away before. A break that was not its own is none. */
  heard(nowMs: number, isBreakOurs: boolean): boolean {
    const current = this.#current;
    if (current !== null && (isBreakOurs || nowMs - current.toMs < limits.agentOfflineMs)) {
      current.toMs = Math.max(current.toMs, nowMs);
      return false;
    }
    this.#end();
    this.#current = { fromMs: nowMs, toMs: nowMs };
    return true;
  }

  /** What is not in the store yet; it is from now on. */
  take(): Spell[] {
    this.#end();
    const spells = this.#over;
    this.#over = [];
    return spells;
  }

  /** They could not be stored after all. */
  putBack(spells: readonly Spell[]): void {
    this.#over.unshift(...spells);
  }

  #end(): void {
    if (this.#current === null) return;
    const { fromMs, toMs } = this.#current;
    if (toMs > fromMs) this.#over.push({ fromMs, toMs });
    this.#current = { fromMs: toMs, toMs };
  }
}
