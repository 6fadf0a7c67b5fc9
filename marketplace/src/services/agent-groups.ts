import type { Offer } from '@node3/shared/device';
import { agentExclusions, judgeOffers } from '../domain/exclusions.ts';
import type { AgentGroup } from '../domain/explain-match.ts';
import type { AgentFacts } from '../domain/fit-placement.ts';
import { fitsEver, type Needs, type SimulatedPolicy } from '../domain/matching.ts';
import { isSameFacts, offerFactsKey } from '../domain/offer-facts.ts';

/** How many sorts of jobs are remembered with an agent that can run them. */
const possibleMax = 4_096;

interface Group<Agent> {
  key: string;
  offer: Offer;
  agents: Set<Agent>;
}

/**
 * The agents by what they offer, so that a job is judged once for all that offer the same. Kept up
 * to date with every offer; one that says nothing new costs a comparison.
 */
export class AgentGroups<Agent extends AgentFacts> implements Iterable<AgentGroup<Agent>> {
  readonly #groups = new Map<string, Group<Agent>>();
  readonly #members = new Map<string, { agent: Agent; group: Group<Agent> }>();
  /** Answers of `someoneFor` that are checked again before they are used. */
  readonly #possible = new Map<string, string>();

  get size(): number {
    return this.#members.size;
  }

  [Symbol.iterator](): Iterator<AgentGroup<Agent>> {
    return this.#groups.values();
  }

  /** An agent with the offer that stands for its group. */
  member(agentId: string): { agent: Agent; offer: Offer } | null {
    const known = this.#members.get(agentId);
    return known === undefined ? null : { agent: known.agent, offer: known.group.offer };
  }

  /** Takes in what an agent offers now. */
  set(agent: Agent): void {
    const { agentId, offer } = agent;
    const known = this.#members.get(agentId);
    if (known !== undefined) {
      if (known.agent === agent && isSameFacts(known.group.offer, offer)) return;
      this.delete(agentId);
    }
    const key = offerFactsKey(offer);
    const group = this.#groups.get(key) ?? { key, offer, agents: new Set<Agent>() };
    this.#groups.set(key, group);
    group.agents.add(agent);
    this.#members.set(agentId, { agent, group });
  }

  delete(agentId: string): void {
    const known = this.#members.get(agentId);
    if (known === undefined) return;
    const { agent, group } = known;
    this.#members.delete(agentId);
    group.agents.delete(agent);
    if (group.agents.size === 0) this.#groups.delete(group.key);
  }

  /**
   * Some agent that could run the job with nothing else on it; null when none could. Jobs come in
   * sorts: whoever could run the last one of a sort is asked first, so that a posting rarely looks
   * further.
   */
  someoneFor(needs: Needs, simulated: SimulatedPolicy): Agent | null {
    const sort = JSON.stringify(needs);
    const last = this.#members.get(this.#possible.get(sort) ?? '')?.agent;
    if (last !== undefined && fitsEver(needs, last, simulated).fits) return last;
    this.#possible.delete(sort);
    const found = this.#find(needs, simulated);
    if (found === null) return null;
    const [oldest] = this.#possible.keys();
    if (this.#possible.size >= possibleMax && oldest !== undefined) this.#possible.delete(oldest);
    this.#possible.set(sort, found.agentId);
    return found;
  }

  #find(needs: Needs, simulated: SimulatedPolicy): Agent | null {
    const judge = judgeOffers(needs, simulated);
    for (const { offer, agents } of this.#groups.values()) {
      if (judge(offer) !== 0) continue;
      for (const agent of agents) {
        if (agentExclusions(needs, agent) === 0) return agent;
      }
    }
    return null;
  }
}
