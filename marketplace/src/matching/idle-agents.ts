import type { Clock } from '@node3/shared/clock';
import type { Device } from '@node3/shared/device';
import type { PlacementStrategy } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { Capacity, SimulatedPolicy } from '../domain/matching.ts';
import { type PlacementFacts, placementRank } from '../domain/placement-strategy.ts';
import { viewAgent } from './agent-view.ts';
import type { Candidate } from './idle-agent.ts';
import { IdleMember } from './idle-member.ts';
import { IdleOrder, type Seeker, willingness } from './idle-order.ts';
import type { IdleStay } from './idle-stay.ts';
import { KnownModels } from './known-models.ts';
import { LaneSearch } from './lane-search.ts';

export interface IdleMatch {
  stay: IdleStay;
  candidate: Candidate;
}

type Match = (capacity: Capacity) => Candidate | null;

/**
 * The agents that want work, and which of them is best for a job. An order is made with the first
 * job that asks for its strategy, and kept up to date from then on.
 */
export class IdleAgents {
  readonly #clock: Clock;
  readonly #simulated: SimulatedPolicy;
  readonly #stays = new Map<string, IdleStay>();
  readonly #members: (IdleMember | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #byAgent = new Map<string, IdleMember>();
  readonly #byWallet = new Map<string, Set<IdleMember>>();
  readonly #orders = new Map<PlacementStrategy, IdleOrder>();
  readonly #models = new KnownModels();
  readonly #search = new LaneSearch('any');
  /** For `round_robin`; agents that were never given work since the start come first. */
  readonly #lastLeasedAtMs = new Map<string, number>();

  constructor(clock: Clock, simulated: SimulatedPolicy) {
    this.#clock = clock;
    this.#simulated = simulated;
  }

  /** Agents with room. */
  get size(): number {
    return this.#byAgent.size;
  }

  /** Every stay, with room or without. */
  all(): IdleStay[] {
    return [...this.#stays.values()];
  }

  has(stay: IdleStay): boolean {
    return this.#stays.get(stay.agent.agentId) === stay;
  }

  /** Notes an agent; an earlier stay of it is over. It is found from `update` on. */
  set(stay: IdleStay): void {
    const { agentId } = stay.agent;
    const earlier = this.#byAgent.get(agentId);
    if (earlier !== undefined) this.#take(earlier);
    this.#stays.set(agentId, stay);
  }

  /** What the agent has left is in its stay. */
  update(stay: IdleStay): void {
    if (!this.has(stay)) return;
    const { agentId } = stay.agent;
    const before = this.#byAgent.get(agentId);
    if (before !== undefined) this.#take(before);
    if (stay.capacity.freeSlots >= 1) this.#put(stay);
  }

  noteLeased(stay: IdleStay): void {
    this.#lastLeasedAtMs.set(stay.agent.agentId, this.#clock.nowMs());
  }

  delete(stay: IdleStay): void {
    if (!this.has(stay)) return;
    const member = this.#byAgent.get(stay.agent.agentId);
    if (member !== undefined) this.#take(member);
    this.#stays.delete(stay.agent.agentId);
  }

  clear(): void {
    for (const stay of this.#stays.values()) this.delete(stay);
  }

  /** The best agent for a job, by its strategy, of those that match. */
  bestFor(job: Omit<Seeker, 'models'>, match: Match): IdleMatch | null {
    if (this.#byAgent.size === 0) return null;
    const { placement, gpus } = job.signature.needs;
    const { strategy, agents, providers } = placement;
    if (agents !== null || providers !== null) {
      const named = agents === null ? this.#ofWallets(providers ?? []) : this.#named(agents);
      return bestOf(named, (member) => member.factsFor(job), strategy, match);
    }
    const matched: { candidate: Candidate | null } = { candidate: null };
    this.#orderOf(strategy).collect({ ...job, models: this.#models.for(gpus) }, this.#search);
    const owner = this.#search.run((one, offer) => {
      const member = this.#members[one];
      const candidate = member === undefined ? null : match(member.stay.capacity);
      // Where it takes dearer devices than those it stands there with, it stands further on, too.
      if (candidate === null || willingness(candidate.ask) < offer) return false;
      matched.candidate = candidate;
      return true;
    });
    const found = this.#members[owner];
    if (found === undefined || matched.candidate === null) return null;
    return { stay: found.stay, candidate: matched.candidate };
  }

  /** The best of these agents, by how much each knows of the job. */
  bestFamiliar(
    job: Omit<Seeker, 'models'>,
    known: ReadonlyMap<string, number>,
    match: Match,
  ): IdleMatch | null {
    const factsOf = (member: IdleMember) => {
      const familiarity = known.get(member.stay.agent.agentId) ?? 0;
      return { ...member.factsFor(job), familiarity };
    };
    return bestOf(this.#named([...known.keys()]), factsOf, 'affinity', match);
  }

  #orderOf(strategy: PlacementStrategy): IdleOrder {
    const known = this.#orders.get(strategy);
    if (known !== undefined) return known;
    const made = new IdleOrder(strategy, this.#members);
    this.#orders.set(strategy, made);
    return made;
  }

  #named(agentIds: readonly string[]): IdleMember[] {
    return agentIds.flatMap((agentId) => this.#byAgent.get(agentId) ?? []);
  }

  /** Some of them, where a provider has very many: all are as good for whoever names the provider. */
  #ofWallets(wallets: readonly string[]): IdleMember[] {
    const found: IdleMember[] = [];
    for (const wallet of wallets) {
      for (const member of this.#byWallet.get(wallet) ?? []) {
        if (found.length >= limits.providerAgentsCompared) return found;
        found.push(member);
      }
    }
    return found;
  }

  #put(stay: IdleStay): void {
    const { agentId, wallet } = stay.capacity;
    const owner = this.#free.pop() ?? this.#members.length;
    const view = viewAgent(stay.capacity, this.#simulated);
    const lastLeasedAtMs = this.#lastLeasedAtMs.get(agentId) ?? null;
    const kindsOf = (devices: readonly Device[]) => this.#models.of(devices);
    const member = new IdleMember({ stay, owner, view }, kindsOf, lastLeasedAtMs);
    this.#members[owner] = member;
    this.#byAgent.set(agentId, member);
    const ofWallet = this.#byWallet.get(wallet) ?? new Set();
    this.#byWallet.set(wallet, ofWallet.add(member));
    for (const order of this.#orders.values()) order.add(member);
  }

  #take(member: IdleMember): void {
    const { agentId, wallet } = member.stay.capacity;
    for (const order of this.#orders.values()) order.delete(member.owner);
    const ofWallet = this.#byWallet.get(wallet);
    ofWallet?.delete(member);
    if (ofWallet?.size === 0) this.#byWallet.delete(wallet);
    this.#byAgent.delete(agentId);
    this.#members[member.owner] = undefined;
    this.#free.push(member.owner);
  }
}

/** For few agents: each is looked at. */
function bestOf(
  members: readonly IdleMember[],
  factsOf: (member: IdleMember) => PlacementFacts,
  strategy: PlacementStrategy,
  match: Match,
): IdleMatch | null {
  const ranked = members.map((member) => ({
    stay: member.stay,
    rank: placementRank(strategy, factsOf(member)),
  }));
  for (const { stay } of ranked.sort((a, b) => a.rank - b.rank)) {
    const candidate = match(stay.capacity);
    if (candidate !== null) return { stay, candidate };
  }
  return null;
}
