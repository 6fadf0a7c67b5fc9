import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '@node3/shared/clock';
import type { DeviceSample, Offer } from '@node3/shared/device';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { AgentContact } from '../store/agent-store.ts';
import type { AgentRow } from '../store/rows.ts';

export interface AgentPresence {
  agentId: string;
  /** Wallet of the provider. */
  wallet: string;
  instanceId: string;
  offer: Offer | null;
  samples: DeviceSample[];
  freeDeviceIds: readonly string[];
  lastSeenAtMs: number;
  /** What the store says of it; null: this process has never written it. */
  savedAtMs: number | null;
}

/** Earlier processes of one agent that are remembered: more than can be running at once by mistake. */
const supersededMax = 16;

/**
 * How old the stored time of an agent may become while nothing else about it changes. With 15,000
 * agents every heartbeat written would be 600 rows a second; this is 50 in one batch.
 */
const saveAgainMs = 300_000;

/**
 * Who is there, in memory: a heartbeat costs no database row. What must survive a restart is
 * written in one batch by the presence worker.
 */
export class Presence {
  readonly #clock: Clock;
  readonly #agents = new Map<string, AgentPresence>();
  readonly #superseded = new Map<string, Set<string>>();
  #unsaved = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Fills the table from the store at start. */
  restore(agents: readonly AgentRow[]): void {
    for (const agent of agents) {
      if (agent.instanceId === null || agent.lastSeenAtMs === null) continue;
      this.#agents.set(agent.agentId, {
        agentId: agent.agentId,
        wallet: agent.wallet,
        instanceId: agent.instanceId,
        offer: agent.offer,
        samples: [],
        freeDeviceIds: [],
        lastSeenAtMs: agent.lastSeenAtMs,
        savedAtMs: agent.lastSeenAtMs,
      });
    }
  }

  /**
   * Notes that an agent spoke. A process that was replaced by a newer one of the same identity gets
   * AGENT_SUPERSEDED, so that two machines never work under one name.
   */
  seen(
    { agentId, wallet }: Pick<AgentRow, 'agentId' | 'wallet'>,
    instanceId: string,
  ): AgentPresence {
    const known = this.#agents.get(agentId);
    const superseded = this.#superseded.get(agentId) ?? new Set<string>();
    if (superseded.has(instanceId)) throw new MarketError('AGENT_SUPERSEDED', { agentId });
    if (known !== undefined && known.instanceId !== instanceId) {
      superseded.add(known.instanceId);
      const [oldest] = superseded;
      if (superseded.size > supersededMax && oldest !== undefined) superseded.delete(oldest);
      this.#superseded.set(agentId, superseded);
    }
    const presence: AgentPresence =
      known?.instanceId === instanceId
        ? known
        : {
            agentId,
            wallet,
            instanceId,
            offer: known?.offer ?? null,
            samples: [],
            freeDeviceIds: [],
            lastSeenAtMs: 0,
            savedAtMs: null,
          };
    this.#agents.set(agentId, presence);
    this.touch(presence);
    return presence;
  }

  /** Notes that it is there, without a look at its instance. */
  touch(presence: AgentPresence): void {
    const nowMs = this.#clock.nowMs();
    presence.lastSeenAtMs = nowMs;
    const { savedAtMs } = presence;
    if (savedAtMs === null || nowMs - savedAtMs >= saveAgainMs) this.#unsaved.add(presence.agentId);
  }

  /** Notes what it offers. The same offer again is not kept twice and costs no row. */
  noteOffer(presence: AgentPresence, offer: Offer): void {
    if (isDeepStrictEqual(presence.offer, offer)) return;
    presence.offer = offer;
    this.#unsaved.add(presence.agentId);
  }

  /** Its connection ended: when it was seen last is worth a row now. */
  left(presence: AgentPresence): void {
    this.#unsaved.add(presence.agentId);
  }

  get(agentId: string): AgentPresence | null {
    return this.#agents.get(agentId) ?? null;
  }

  isOnline(agentId: string): boolean {
    const presence = this.#agents.get(agentId);
    if (presence === undefined) return false;
    return this.#clock.nowMs() - presence.lastSeenAtMs < limits.agentOfflineMs;
  }

  all(): AgentPresence[] {
    return [...this.#agents.values()];
  }

  /** What changed since the last call, for one write. */
  takeUnsaved(): AgentContact[] {
    const ids = this.#unsaved;
    this.#unsaved = new Set();
    return [...ids].flatMap((agentId) => {
      const presence = this.#agents.get(agentId);
      return presence === undefined ? [] : [toContact(presence)];
    });
  }

  /** Everything that the store does not have yet, when the process is about to end. */
  takeRest(): AgentContact[] {
    this.#unsaved = new Set();
    const behind = ({ lastSeenAtMs, savedAtMs }: AgentPresence) => lastSeenAtMs !== savedAtMs;
    return [...this.#agents.values()].filter(behind).map(toContact);
  }
}

function toContact(presence: AgentPresence): AgentContact {
  const { agentId, instanceId, offer, lastSeenAtMs } = presence;
  presence.savedAtMs = lastSeenAtMs;
  return { agentId, instanceId, offer, lastSeenAtMs };
}
