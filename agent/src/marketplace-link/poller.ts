import type { Offer } from '@node3/shared/device';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { type AgentMessage, pollAgent } from '@node3/shared/routes/agents';
import { agentLimits } from '../agent-limits.ts';
import { type HostClock, type Instant, instantOf } from '../host-clock.ts';
import type { Journal } from '../journal/journal.ts';
import type { AgentMeasures, PollTransport } from '../observability/agent-measures.ts';
import { ChannelLostError } from './channel-session.ts';
import type { MarketplaceLink } from './marketplace-link.ts';
import type { OfferWording } from './offer-wording.ts';
import { type PacedLoop, startPacedLoop } from './pace.ts';
import { readMessages } from './read-messages.ts';

/** What the agent could take on at this moment. */
export interface Availability {
  offer: Offer;
  /** False while no new work is wanted; messages are asked for all the same. */
  wantsWork: boolean;
  freeDeviceIds: string[];
  freeCpus: number;
  freeMemoryBytes: number;
  freeSlots: number;
  /** For how long no work is wanted that will be wanted then without any other change. */
  pausedMs: number;
  /** Longest wait for an answer, seconds. */
  waitSec: number;
}

/** The agent's socket, as far as asking for work goes. */
export interface WorkChannel {
  readonly isOpen: boolean;
  /** Pending while it is not known yet whether it will be open. */
  readonly opening: Promise<void> | null;
  announce(
    availability: Omit<Availability, 'pausedMs' | 'waitSec'>,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface PollerDeps {
  link: MarketplaceLink;
  /** null: there is HTTP alone. */
  channel: WorkChannel | null;
  wording: OfferWording;
  journal: Journal;
  clock: HostClock;
  ids: Ids;
  log: Logger;
  random: () => number;
  measures: Pick<AgentMeasures, 'polled' | 'pollFailed'>;
  instanceId: string;
  availability(): Availability;
  /** Handles one message. An offer may be accepted for a while from its arrival. */
  onMessage(message: AgentMessage, arrivedAt: Instant): Promise<void>;
}

/**
 * Asks for work for as long as the agent lives: by saying what is free on the socket while that is
 * open, and by long polls, which bring messages too, while it is not.
 */
export class Poller {
  readonly #deps: PollerDeps;
  #loop: PacedLoop | null = null;
  #inFlight: AbortController | null = null;
  #stale = false;

  constructor(deps: PollerDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { log, random } = this.#deps;
    const run = (signal: AbortSignal) => this.#turn(signal);
    const onFailure = () => this.#deps.measures.pollFailed(this.#transport());
    this.#loop = startPacedLoop({ name: 'poll', log, random, run, onFailure });
  }

  /**
   * The availability changed: the poll under way speaks of the old one. Cutting it off is safe,
   * because an offer that was on its way comes again for the same claim.
   */
  refresh(): void {
    this.#stale = true;
    this.#inFlight?.abort();
    this.#loop?.wake();
  }

  /** The marketplace answers again: a back-off ends early. */
  retry(): void {
    this.#loop?.retry();
  }

  async stop(): Promise<void> {
    this.#inFlight?.abort();
    await this.#loop?.stop();
  }

  #transport(): PollTransport {
    return this.#deps.channel?.isOpen === true ? 'socket' : 'http';
  }

  async #turn(signal: AbortSignal): Promise<number> {
    const { channel, clock } = this.#deps;
    this.#stale = false;
    // A poll now would say that this agent has lost the socket which it is just opening.
    await channel?.opening;
    if (channel?.isOpen === true) return this.#announce(channel, signal);
    const sentAt = instantOf(clock);
    const reply = await this.#poll(signal);
    if (reply === null) return 0;
    const arrivedAt = instantOf(clock);
    const tookMs = arrivedAt.monotonicMs - sentAt.monotonicMs;
    this.#deps.measures.polled('http', tookMs / 1_000);
    const { messages, refused } = readMessages(reply);
    for (const message of messages) await this.#deps.onMessage(message, arrivedAt);
    if (refused > 0) {
      // The same claim would bring the same offer, and at once: a failed turn backs off.
      this.#deps.journal.dropClaim();
      throw new Error(`the marketplace sent ${refused} messages that can't be read`);
    }
    const emptyAtOnce =
      messages.length === 0 &&
      clock.monotonicMs() - sentAt.monotonicMs < agentLimits.pollEmptyPauseMs;
    return emptyAtOnce && !this.#stale ? agentLimits.pollEmptyPauseMs : 0;
  }

  async #announce(channel: WorkChannel, signal: AbortSignal): Promise<number> {
    const { pausedMs, waitSec: _, ...availability } = this.#availability();
    const startedMs = this.#deps.clock.monotonicMs();
    try {
      await channel.announce(availability, signal);
      const tookMs = this.#deps.clock.monotonicMs() - startedMs;
      this.#deps.measures.polled('socket', tookMs / 1_000);
    } catch (error) {
      if (error instanceof ChannelLostError) return 0;
      if (this.#deps.wording.learn(error, availability.offer)) return 0;
      throw error;
    }
    return pausedMs > 0 ? pausedMs : agentLimits.announceMs;
  }

  #availability(): Availability {
    const { offer, ...rest } = this.#deps.availability();
    return { ...rest, offer: this.#deps.wording.fit(offer) };
  }

  /** @returns null when the poll was cut off by `refresh`, or has to be said in other words. */
  async #poll(signal: AbortSignal): Promise<unknown> {
    const abort = new AbortController();
    this.#inFlight = abort;
    const { instanceId, link } = this.#deps;
    const { wantsWork, freeSlots: _, pausedMs: __, ...availability } = this.#availability();
    const claimId = wantsWork ? this.#claim() : null;
    const waitSec = Math.min(availability.waitSec, limits.pollWaitSecMax);
    try {
      return await link.call(
        pollAgent,
        { body: { ...availability, instanceId, claimId, waitSec } },
        {
          signal: AbortSignal.any([signal, abort.signal]),
          timeoutMs: waitSec * 1000 + agentLimits.pollSlackMs,
        },
      );
    } catch (error) {
      if (abort.signal.aborted && !signal.aborted) return null;
      if (this.#deps.wording.learn(error, availability.offer)) return null;
      throw error;
    } finally {
      this.#inFlight = null;
    }
  }

  /** The claim is on disk before it is sent: after a crash the same one finds the same offer. */
  #claim(): string {
    const { ids, journal } = this.#deps;
    const known = journal.claimId();
    if (known !== null) return known;
    const claimId = ids.secret(24);
    journal.saveClaim(claimId);
    return claimId;
  }
}
