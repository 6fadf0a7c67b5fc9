import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '@node3/shared/clock';
import type { DeviceSample, Offer } from '@node3/shared/device';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { type AgentStanding, standingOf } from '../domain/agent-standing.ts';
import type { AgentContact } from '../store/agent-store.ts';
import type { HomeRow } from '../store/replica-store.ts';
import type { AgentRow } from '../store/rows.ts';
import { AgentGroups } from './agent-groups.ts';
import { PresenceSpells } from './presence-spells.ts';

/** What of an agent's offer holds here. */
type LimitOffer = (agentId: string, offer: Offer) => Offer;

/** Who it is that speaks. */
type AgentIdentity = Pick<AgentRow, 'agentId' | 'wallet' | 'name'>;

export interface AgentPresence extends AgentIdentity {
  instanceId: string;
  /** As of its last contact in which it was looked up. */
  standing: AgentStanding;
  /** What it says of itself. */
  readonly said: Offer | null;
  /** What of it holds. Changed by `noteOffer` and `limitAgain` only, which sort the agent by it. */
  readonly offer: Offer | null;
  samples: DeviceSample[];
  freeDeviceIds: readonly string[];
  lastSeenAtMs: number;
  /** What the store says of it; null: this process has never written it. */
  savedAtMs: number | null;
  readonly spells: PresenceSpells;
}

/** One that has said what it offers. */
export type OfferingAgent = AgentPresence & { offer: Offer };

/** Earlier processes of one agent that are remembered: more than can be running at once by mistake. */
const supersededMax = 16;

/**
 * How old the stored time of an agent may become while nothing else about it changes. With 15,000
 * agents every heartbeat written would be 600 rows a second; this is 50 in one batch.
 */
const saveAgainMs = 300_000;

/** How soon an agent is back after a restart: it tries again every minute at the latest. */
const backMsMax = 2 * limits.agentOfflineMs;
/**
 * Of a longer break nobody knows who would have been there. This much it takes where the process before
 * died just before it would have stored that it heard somebody.
 */
const ownBreakMsMax = saveAgainMs + backMsMax;

/**
 * Who is there, in memory: a heartbeat costs no database row. What must survive a restart is
 * written in one batch by the presence worker.
 */
export class Presence {
  /** Those that have made an offer, online or not. */
  readonly groups = new AgentGroups<OfferingAgent>();
  readonly #clock: Clock;
  readonly #limit: LimitOffer;
  readonly #agents = new Map<string, AgentPresence>();
  /** Those that speak to another replica at this moment. */
  readonly #elsewhere = new Set<string>();
  readonly #superseded = new Map<string, Set<string>>();
  #unsaved = new Set<string>();
  /** What was heard here of those that speak to another replica by now. */
  #handedOver: AgentContact[] = [];
  /** When this process took over, and until when one before it had heard anybody. */
  #takeover: { atMs: number; heardToMs: number } | null = null;

  constructor(clock: Clock, limit: LimitOffer = (_agentId, offer) => offer) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /**
   * Fills the table from the store at start. `isAlone`: no other replica may have heard them since, so
   * that the time until they are back can be counted here.
   */
  restore(agents: readonly AgentRow[], isAlone: boolean): void {
    const heardToMs = Math.max(0, ...agents.map(({ lastSeenAtMs }) => lastSeenAtMs ?? 0));
    this.#takeover = { atMs: this.#clock.nowMs(), heardToMs };
    for (const agent of agents) {
      if (agent.instanceId === null || agent.lastSeenAtMs === null) continue;
      if (agent.state === 'disabled' || agent.state === 'unregistered') continue;
      const { agentId, wallet, name, instanceId, lastSeenAtMs } = agent;
      const offers = this.#limited(agentId, agent.offer);
      const spells = new PresenceSpells(isAlone ? lastSeenAtMs : null);
      const last = { instanceId, ...offers, lastSeenAtMs, savedAtMs: lastSeenAtMs, spells };
      this.#enter({ agentId, wallet, name, ...last, ...silent, standing: standingOf(agent) });
    }
  }

  /**
   * Notes that an agent spoke. A process that was replaced by a newer one of the same identity gets
   * AGENT_SUPERSEDED, so that two machines never work under one name.
   */
  seen(agent: AgentIdentity, instanceId: string): AgentPresence {
    const { agentId } = agent;
    const known = this.#agents.get(agentId);
    const superseded = this.#superseded.get(agentId) ?? new Set<string>();
    if (superseded.has(instanceId)) throw new MarketError('AGENT_SUPERSEDED', { agentId });
    if (known !== undefined && known.instanceId !== instanceId) {
      superseded.add(known.instanceId);
      const [oldest] = superseded;
      if (superseded.size > supersededMax && oldest !== undefined) superseded.delete(oldest);
      this.#superseded.set(agentId, superseded);
    }
    const { wallet, name } = agent;
    const presence: AgentPresence =
      known?.instanceId === instanceId
        ? known
        : {
            agentId,
            wallet,
            name,
            instanceId,
            standing: known?.standing ?? newStanding,
            said: known?.said ?? null,
            offer: known?.offer ?? null,
            ...silent,
            lastSeenAtMs: known?.lastSeenAtMs ?? 0,
            savedAtMs: null,
            spells: known?.spells ?? new PresenceSpells(null),
          };
    if (presence !== known) this.#enter(presence);
    this.touch(presence);
    return presence;
  }

  /** What another replica has stored about an agent; it is there until that one says otherwise. */
  noteElsewhere(home: HomeRow): void {
    const { agentId, wallet, name, instanceId, offer, isHere, changedAtMs } = home;
    const known = this.#agents.get(agentId);
    // One that was shut out or never said who it is.
    if (instanceId === null || (known === undefined && !isHere)) return;
    if (isHere) this.#elsewhere.add(agentId);
    else this.#elsewhere.delete(agentId);
    const lastSeenAtMs = Math.max(known?.lastSeenAtMs ?? 0, changedAtMs);
    const base = known ?? { agentId, wallet, name, ...silent, standing: newStanding };
    this.#unsaved.delete(agentId);
    if (known !== undefined) this.#handOver(known);
    this.#enter({
      ...base,
      instanceId,
      ...this.#limited(agentId, offer ?? known?.said ?? null),
      lastSeenAtMs,
      savedAtMs: lastSeenAtMs,
      spells: new PresenceSpells(null),
    });
  }

  /** What was heard of it here is still to be counted; all else of it is the other replica's to say. */
  #handOver({ agentId, spells }: AgentPresence): void {
    const heard = spells.take();
    const lastSeenAtMs = heard.at(-1)?.toMs;
    if (lastSeenAtMs === undefined) return;
    const contact = { agentId, instanceId: null, offer: null, lastSeenAtMs, spells: heard };
    this.#handedOver.push(contact);
  }

  /** Notes that it is there, without a look at its instance. */
  touch(presence: AgentPresence): void {
    const nowMs = this.#clock.nowMs();
    this.#elsewhere.delete(presence.agentId);
    const { lastSeenAtMs, savedAtMs, spells } = presence;
    presence.lastSeenAtMs = nowMs;
    const isBack = spells.heard(nowMs, this.#isBreakOurs(lastSeenAtMs, nowMs));
    if (isBack || savedAtMs === null || nowMs - savedAtMs >= saveAgainMs)
      this.#unsaved.add(presence.agentId);
  }

  /** A restart is not held against those that were there before it and come back at once. */
  #isBreakOurs(lastSeenAtMs: number, nowMs: number): boolean {
    if (this.#takeover === null) return false;
    const { atMs, heardToMs } = this.#takeover;
    const wasHere = lastSeenAtMs < atMs && lastSeenAtMs > heardToMs - saveAgainMs;
    return wasHere && nowMs - atMs < backMsMax && nowMs - lastSeenAtMs < ownBreakMsMax;
  }

  /** They could not be written: the next write has them. */
  putBack(contacts: readonly AgentContact[]): void {
    for (const contact of contacts) {
      const { agentId, spells } = contact;
      if (contact.instanceId === null || this.#elsewhere.has(agentId)) {
        this.#handedOver.push({ ...contact, instanceId: null, offer: null });
        continue;
      }
      this.#agents.get(agentId)?.spells.putBack(spells);
      this.#unsaved.add(agentId);
    }
  }

  /** How long it has been there beyond what the store has counted; 0 where that can't be told. */
  uncountedMs(agentId: string, countedToMs: number): number {
    const heardToMs = this.get(agentId)?.lastSeenAtMs ?? 0;
    const sinceMs = (this.isOnline(agentId) ? this.#clock.nowMs() : heardToMs) - countedToMs;
    return sinceMs > 0 && sinceMs <= saveAgainMs + limits.agentOfflineMs ? sinceMs : 0;
  }

  /** Notes what it offers. The same offer again is not kept twice and costs no row. */
  noteOffer(presence: AgentPresence, offer: Offer): void {
    if (isDeepStrictEqual(presence.said, offer)) return;
    this.#sort(presence, offer);
    this.#unsaved.add(presence.agentId);
  }

  /** Its provider may let it offer something else by now. */
  limitAgain(agentId: string): void {
    const presence = this.#agents.get(agentId);
    if (presence !== undefined) this.#sort(presence, presence.said);
  }

  /** Its connection ended: when it was seen last is worth a row now. */
  left(presence: AgentPresence): void {
    this.#unsaved.add(presence.agentId);
  }

  /** One that was shut out is no longer there, whenever it was seen. */
  forget(agentId: string): void {
    this.#agents.delete(agentId);
    this.#elsewhere.delete(agentId);
    this.groups.delete(agentId);
  }

  get(agentId: string): AgentPresence | null {
    return this.#agents.get(agentId) ?? null;
  }

  /** What holds of an agent's offer; of the stored one, where it hasn't said any here. */
  offerOf({ agentId, offer }: Pick<AgentRow, 'agentId' | 'offer'>): Offer | null {
    return this.get(agentId)?.offer ?? this.#limited(agentId, offer).offer;
  }

  isOnline(agentId: string): boolean {
    const presence = this.#agents.get(agentId);
    if (presence === undefined) return false;
    return (
      this.#elsewhere.has(agentId) ||
      this.#clock.nowMs() - presence.lastSeenAtMs < limits.agentOfflineMs
    );
  }

  countOnline(): number {
    return this.all().filter(({ agentId }) => this.isOnline(agentId)).length;
  }

  /** Whether it speaks to another replica, which knows what is free of it. */
  isElsewhere(agentId: string): boolean {
    return this.#elsewhere.has(agentId);
  }

  all(): AgentPresence[] {
    return [...this.#agents.values()];
  }

  /** What changed since the last call, for one write. */
  takeUnsaved(): AgentContact[] {
    const ids = this.#unsaved;
    this.#unsaved = new Set();
    const contacts = [...ids].flatMap((agentId) => {
      const presence = this.#agents.get(agentId);
      return presence === undefined ? [] : [toContact(presence)];
    });
    return [...this.#takeHandedOver(), ...contacts];
  }

  /** Everything that the store does not have yet, when the process is about to end. */
  takeRest(): AgentContact[] {
    this.#unsaved = new Set();
    const behind = ({ lastSeenAtMs, savedAtMs }: AgentPresence) => lastSeenAtMs !== savedAtMs;
    return [...this.#takeHandedOver(), ...this.all().filter(behind).map(toContact)];
  }

  #takeHandedOver(): AgentContact[] {
    const handedOver = this.#handedOver;
    this.#handedOver = [];
    return handedOver;
  }

  #sort(presence: AgentPresence, said: Offer | null): void {
    Object.assign(presence, this.#limited(presence.agentId, said));
    if (isOffering(presence)) this.groups.set(presence);
  }

  #limited(agentId: string, said: Offer | null): Pick<AgentPresence, 'said' | 'offer'> {
    return { said, offer: said === null ? null : this.#limit(agentId, said) };
  }

  #enter(presence: AgentPresence): void {
    this.#agents.set(presence.agentId, presence);
    if (isOffering(presence)) this.groups.set(presence);
  }
}

/** What a process has not said anything about yet. */
const silent = { samples: [], freeDeviceIds: [] };
const newStanding = standingOf({
  jobsSucceeded: 0,
  jobsFailed: 0,
  avgRunSec: null,
  reputation: null,
});

function isOffering(presence: AgentPresence): presence is OfferingAgent {
  return presence.offer !== null;
}

function toContact(presence: AgentPresence): AgentContact {
  const { agentId, instanceId, said, lastSeenAtMs } = presence;
  presence.savedAtMs = lastSeenAtMs;
  return { agentId, instanceId, offer: said, lastSeenAtMs, spells: presence.spells.take() };
}
