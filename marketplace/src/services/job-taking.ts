import { assert } from '@node3/shared/assert';
import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { JobSpec } from '@node3/shared/job-spec';
import type { ReadyRequest } from '@node3/shared/routes/agent-channel';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import { type AgentStanding, standingOf } from '../domain/agent-standing.ts';
import type { Capacity } from '../domain/matching.ts';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { AgentStore } from '../store/agent-store.ts';
import { endPause } from './change-agent-state.ts';
import type { Presence } from './presence.ts';
import type { ProviderRegistry } from './provider-registry.ts';
import type { Reservations } from './reservations.ts';

/** How old what is known of an agent's history may be: it only orders agents that all fit. */
const standingMs = 60_000;

export interface JobTakingDeps {
  store: Pick<AgentStore, 'agent' | 'setAgentState'>;
  clock: Clock;
  ids: Ids;
  presence: Pick<Presence, 'get'>;
  reservations: Pick<Reservations, 'reservedFor'>;
  matchmaker: Matchmaker;
  providers: Pick<ProviderRegistry, 'isOpen'>;
}

/** What the agent could take on when it had handled every message up to `lastSeq`. */
export type CapacityWord = Omit<ReadyRequest, 'id' | 'type'>;

interface Agent {
  agentId: string;
  wallet: string;
  agentName: string;
  /** Sends an offer. @returns its number among the messages to this agent. */
  send(offer: ExecutionOffer): number;
}

/**
 * The part of a socket, or of a worker's stream, that takes jobs: keeps its agent in the index of idle agents for as long as
 * there is room, and knows what was offered that the agent had not seen when it spoke last.
 */
export class JobTaking {
  readonly #deps: JobTakingDeps;
  readonly #agent: Agent;
  readonly #offered = new Map<string, { seq: number; offer: ExecutionOffer }>();
  #word: CapacityWord | null = null;
  #leave: () => Promise<void> = async () => undefined;
  #known: { standing: AgentStanding; isActive: boolean; readAtMs: number } | null = null;
  #claimsOpen = 0;
  #pause: NodeJS.Timeout | undefined;

  constructor(deps: JobTakingDeps, agent: Agent) {
    this.#deps = deps;
    this.#agent = agent;
  }

  /** What the agent says of itself replaces what it said before. */
  async ready(word: CapacityWord): Promise<void> {
    this.#word = word;
    // What was claimed by the word before must be counted, so its claims have to be over first.
    await this.#leave();
    for (const [executionId, { seq }] of this.#offered) {
      if (seq <= word.lastSeq) this.#offered.delete(executionId);
    }
    if (this.#word !== word || !word.wantsWork) return;
    const { isActive, standing } = await this.#read();
    if (this.#word === word && isActive) this.#enter(word, standing);
  }

  /** An offer that was made before this socket, and is made again on it. */
  note(seq: number, offer: ExecutionOffer): void {
    this.#offered.set(offer.executionId, { seq, offer });
  }

  /**
   * An agent whose claim the store refused is out of the index, and nothing need ever change about
   * it: so it is put back when it shows next that it lives.
   */
  retry(): void {
    if (this.#claimsOpen > 0) this.#again();
  }

  /** The agent may or may not get jobs now: what was known of it is forgotten. */
  refresh(): void {
    this.#known = null;
    this.#again();
  }

  /** @returns when no claim for this socket is under way any more. */
  stop(): Promise<void> {
    this.#word = null;
    clearTimeout(this.#pause);
    return this.#leave();
  }

  #enter(word: CapacityWord, standing: AgentStanding): void {
    this.#claimsOpen = 0;
    this.#leave = this.#deps.matchmaker.enter({
      agentId: this.#agent.agentId,
      agentName: this.#agent.agentName,
      capacity: capacityLeft(
        { ...this.#agent, reservedFor: this.#deps.reservations.reservedFor(this.#agent.agentId) },
        word,
        [...this.#offered.values()],
      ),
      standing,
      offersMax: 'many',
      claimId: () => {
        this.#claimsOpen += 1;
        return this.#deps.ids.secret(18);
      },
      offered: (offer) => {
        this.#claimsOpen -= 1;
        this.note(this.#agent.send(offer), offer);
      },
    });
  }

  /** A pause ends by itself, and nothing else need happen to this agent then. */
  #refreshAt(untilMs: number | null): void {
    clearTimeout(this.#pause);
    if (untilMs === null || this.#word === null) return;
    const leftMs = Math.max(0, untilMs - this.#deps.clock.nowMs());
    this.#pause = setTimeout(() => this.refresh(), leftMs + 1).unref();
  }

  #again(): void {
    if (this.#word === null) return;
    const offer = this.#deps.presence.get(this.#agent.agentId)?.offer ?? this.#word.offer;
    void this.ready({ ...this.#word, offer });
  }

  async #read(): Promise<{ standing: AgentStanding; isActive: boolean }> {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#known !== null && nowMs - this.#known.readAtMs < standingMs) return this.#known;
    const stored = await this.#deps.store.agent(this.#agent.agentId);
    assert(stored !== null, 'an agent with a socket is in the store');
    const agent = await endPause(this.#deps, stored);
    this.#refreshAt(agent.stateUntilMs);
    const { agentId } = agent;
    const isOpen = this.#deps.providers.isOpen(agentId, this.#word?.offer ?? null);
    const isActive = agent.state === 'active' && isOpen;
    this.#known = { standing: standingOf(agent), isActive, readAtMs: nowMs };
    const presence = this.#deps.presence.get(agent.agentId);
    if (presence !== null) presence.standing = this.#known.standing;
    return this.#known;
  }
}

/** The agent's own word, less what was offered after it spoke. */
function capacityLeft(
  { agentId, wallet, reservedFor }: Pick<Capacity, 'agentId' | 'wallet' | 'reservedFor'>,
  word: CapacityWord,
  offered: readonly { offer: ExecutionOffer }[],
): Capacity {
  const taken = new Set(offered.flatMap(({ offer }) => offer.deviceIds));
  const capacity: Capacity = {
    agentId,
    wallet,
    reservedFor,
    offer: word.offer,
    freeDeviceIds: word.freeDeviceIds.filter((deviceId) => !taken.has(deviceId)),
    freeCpus: word.freeCpus,
    freeMemoryBytes: word.freeMemoryBytes,
    freeSlots: word.freeSlots,
  };
  for (const { offer } of offered) {
    // The wire leaves the spec open for newer fields; what we offer is our own.
    const { resources } = offer.spec as JobSpec;
    capacity.freeCpus -= resources.cpus;
    capacity.freeMemoryBytes -= resources.memoryBytes;
    capacity.freeSlots -= 1;
  }
  return capacity;
}
