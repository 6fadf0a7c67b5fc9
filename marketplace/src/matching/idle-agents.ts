import { fit, type SimulatedPolicy } from '../domain/matching.ts';
import { scoreAgent } from '../domain/placement-strategy.ts';
import type { IdleStay } from './idle-stay.ts';
import type { OpenJob } from './open-job.ts';

/** The agents that want work, and which of them is best for a job. */
export class IdleAgents {
  readonly #simulated: SimulatedPolicy;
  readonly #stays = new Map<string, IdleStay>();

  constructor(simulated: SimulatedPolicy) {
    this.#simulated = simulated;
  }

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

  bestFor(job: OpenJob, nowMs: number): IdleStay | null {
    let best: { stay: IdleStay; score: number } | null = null;
    for (const stay of this.#stays.values()) {
      const { agent, capacity } = stay;
      if (job.lastAgentId === agent.agentId && job.avoidUntilMs > nowMs) continue;
      if (!fit(job.needs, capacity, this.#simulated).fits) continue;
      const { freeSlots, offer } = capacity;
      const score = scoreAgent({ freeSlots, slots: offer.slots, ...agent.standing });
      if (best === null || score > best.score) best = { stay, score };
    }
    return best?.stay ?? null;
  }
}
