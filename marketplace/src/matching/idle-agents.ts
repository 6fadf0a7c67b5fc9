import type { Capacity } from '../domain/matching.ts';
import { scoreAgent } from '../domain/placement-strategy.ts';
import type { Candidate } from './idle-agent.ts';
import type { IdleStay } from './idle-stay.ts';

/** The agents that want work, and which of them is best for a job. */
export class IdleAgents {
  readonly #stays = new Map<string, IdleStay>();

  has(stay: IdleStay): boolean {
    return this.#stays.get(stay.agent.agentId) === stay;
  }

  /** Takes an agent in; an earlier stay of it is over. */
  set(stay: IdleStay): void {
    this.#stays.set(stay.agent.agentId, stay);
  }

  /** The capacity of an agent changed. */
  update(stay: IdleStay): void {
    if (this.has(stay)) this.#stays.set(stay.agent.agentId, stay);
  }

  delete(stay: IdleStay): void {
    if (this.has(stay)) this.#stays.delete(stay.agent.agentId);
  }

  clear(): void {
    this.#stays.clear();
  }

  /** The best agent that matches, and with what. */
  bestFor(
    match: (capacity: Capacity) => Candidate | null,
  ): { stay: IdleStay; candidate: Candidate } | null {
    let best: { stay: IdleStay; candidate: Candidate; score: number } | null = null;
    for (const stay of this.#stays.values()) {
      const { agent, capacity } = stay;
      const candidate = match(capacity);
      if (candidate === null) continue;
      const { freeSlots, offer } = capacity;
      const score = scoreAgent({ freeSlots, slots: offer.slots, ...agent.standing });
      if (best === null || score > best.score) best = { stay, candidate, score };
    }
    return best;
  }
}
