import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import type { EventBus } from '../live/event-bus.ts';
import type { HomeRow, HomesCursor, ReplicaStore } from '../store/replica-store.ts';
import type { AgentLinks } from './agent-links.ts';
import type { PollTurns } from './poll-turns.ts';
import type { Presence } from './presence.ts';

export interface AgentHomesDeps {
  store: ReplicaStore;
  clock: Clock;
  log: Logger;
  agentLinks: AgentLinks;
  pollTurns: Pick<PollTurns, 'end'>;
  presence: Presence;
  /** null: nobody else is there, and nothing of this is kept. */
  bus: EventBus | null;
  replicaId: string | null;
}

/** Homes that are read or written at once. */
const pageMax = 500;

/**
 * Which agents speak to this replica. An agent waits for work at one replica at a time: whoever it
 * speaks to last says so in the store, and the one before lets go of it.
 */
export class AgentHomes {
  readonly #deps: AgentHomesDeps;
  readonly #here = new Map<string, { instanceId: string; generation: number }>();
  /** Silent ones of which the store may not know yet. */
  readonly #leaving = new Set<string>();
  #readTo: HomesCursor = { change: 0, agentId: '' };
  #reading: Promise<void> | null = null;

  constructor(deps: AgentHomesDeps) {
    this.#deps = deps;
  }

  /** It waits for work here from now on. Throws AGENT_SUPERSEDED for a process that was replaced. */
  async arrive(agentId: string, instanceId: string): Promise<void> {
    const { bus } = this.#deps;
    if (bus === null || this.#here.get(agentId)?.instanceId === instanceId) return;
    await this.#take(agentId, instanceId);
    bus.tell({ kind: 'homes' });
  }

  /**
   * It speaks to us without waiting for work. Rejects with AGENT_SUPERSEDED as `arrive` does; null
   * where it is known already, so that nothing waits for nothing.
   */
  speak(agentId: string, instanceId: string): Promise<void> | null {
    const { bus, store } = this.#deps;
    if (bus === null || this.#here.get(agentId)?.instanceId === instanceId) return null;
    return store.checkInstance(agentId, instanceId);
  }

  /** After this replica was believed to be dead: others have taken over its agents, and some went. */
  async takeAgain(): Promise<void> {
    const { store, clock, replicaId, bus } = this.#deps;
    if (replicaId === null || this.#here.size === 0) return;
    const before = [...this.#here];
    for (let start = 0; start < before.length; start += pageMax) {
      const page = before.slice(start, start + pageMax);
      const homes = page.map(([agentId, { generation }]) => ({ agentId, generation }));
      const kept = new Set(await store.keepHomes({ replicaId, homes, nowMs: clock.nowMs() }));
      for (const [agentId, home] of page) {
        if (!kept.has(agentId) && this.#here.get(agentId) === home) this.#letGo(agentId);
      }
    }
    bus?.tell({ kind: 'homes' });
  }

  /** Notes which agents are silent by now, so that others don't count on them. */
  async leaveSilent(): Promise<void> {
    const { store, clock, presence, replicaId, bus } = this.#deps;
    if (replicaId === null) return;
    for (const agentId of this.#here.keys()) {
      if (!presence.isOnline(agentId)) this.#leaving.add(agentId);
    }
    const agentIds = [...this.#leaving];
    if (agentIds.length === 0) return;
    // Before it is stored: one that speaks meanwhile takes its home anew, in a write after this one.
    for (const agentId of agentIds) this.#here.delete(agentId);
    await store.noteHomes({ replicaId, agentIds, are: 'silent', nowMs: clock.nowMs() });
    for (const agentId of agentIds) this.#leaving.delete(agentId);
    bus?.tell({ kind: 'homes' });
  }

  /** What is stored about agents has changed: others read it anew. */
  async changed(agentIds: readonly string[]): Promise<void> {
    const { store, clock, replicaId, bus } = this.#deps;
    const here = agentIds.filter((agentId) => this.#here.has(agentId));
    if (replicaId === null || here.length === 0) return;
    await store.noteHomes({ replicaId, agentIds: here, are: 'here', nowMs: clock.nowMs() });
    bus?.tell({ kind: 'homes' });
  }

  /** Reads where agents are now. One read at a time; whoever asks meanwhile gets one after it. */
  async read(): Promise<void> {
    const before = this.#reading;
    const turn = (async () => {
      await before?.catch(() => undefined);
      await this.#read();
    })();
    this.#reading = turn;
    try {
      await turn;
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'homes of agents not read');
    } finally {
      if (this.#reading === turn) this.#reading = null;
    }
  }

  async #take(agentId: string, instanceId: string): Promise<void> {
    const { store, clock, replicaId } = this.#deps;
    if (replicaId === null) return;
    const wasLeaving = this.#leaving.delete(agentId);
    const home = { agentId, instanceId, replicaId, nowMs: clock.nowMs() };
    try {
      const generation = await store.takeHome(home);
      this.#here.set(agentId, { instanceId, generation });
    } catch (error) {
      if (wasLeaving) this.#leaving.add(agentId);
      throw error;
    }
  }

  async #read(): Promise<void> {
    for (;;) {
      const rows = await this.#deps.store.homesChangedAfter(this.#readTo, pageMax);
      for (const row of rows) this.#note(row);
      this.#readTo = rows.at(-1) ?? this.#readTo;
      if (rows.length < pageMax) return;
    }
  }

  #note(row: HomeRow): void {
    const { agentId, generation } = row;
    if (row.replicaId === this.#deps.replicaId) return;
    const here = this.#here.get(agentId);
    // Older than what this replica has stored since.
    if (here !== undefined && here.generation >= generation) return;
    if (here !== undefined) this.#letGo(agentId);
    this.#deps.presence.noteElsewhere(row);
  }

  #letGo(agentId: string): void {
    const { agentLinks, pollTurns } = this.#deps;
    this.#here.delete(agentId);
    agentLinks.of(agentId)?.end(new MarketError('AGENT_SUPERSEDED', { agentId }));
    void pollTurns.end(agentId);
  }
}
