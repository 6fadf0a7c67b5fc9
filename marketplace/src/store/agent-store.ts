import type { AgentState } from '@node3/shared/agent-state';
import type { Offer } from '@node3/shared/device';
import type { Actor, NewEvent } from '@node3/shared/events';
import type { PresenceRecord, Spell } from '../domain/uptime.ts';
import type { AgentRow, ApiKeyRow, RatingRow, RegistrationTokenRow } from './rows.ts';

export interface AgentStore {
  /**
   * Stores a new agent with its key. With a token, uses it up in the same transaction; rejects with
   * REGISTRATION_TOKEN_INVALID (and stores nothing) when it is unknown, over, used, revoked or meant
   * for another name or wallet: of many registrations with one token one wins. Rejects with
   * PROVIDER_FULL where its provider has as many agents as it may have.
   * @returns the provider that it belongs to; null for the built-in one.
   */
  registerAgent(registration: AgentRegistration): Promise<{ providerId: string | null }>;
  /**
   * Gives an agent a new key and revokes all others; its identity and its history stay. One that was
   * unregistered is active again. null when there is no such agent.
   */
  reregisterAgent(registration: AgentReregistration): Promise<AgentRow | null>;
  agent(agentId: string): Promise<AgentRow | null>;
  /** Where its earnings go, without reading all else that is known of it. */
  walletOfAgent(agentId: string): Promise<string | null>;
  agents(): Promise<AgentRow[]>;
  /** How many there are in each state, without a look at what they offer. */
  countAgents(): Promise<Record<AgentState, number>>;
  /**
   * Puts an agent into a state, and says so in an event. `changed` is false, and nothing is stored,
   * when it is in it already. Rejects with AGENT_STATE_INVALID for a step that the table doesn't
   * allow, or from a state that `from` doesn't name. Unregistering revokes all its keys. null when there is no such agent.
   */
  setAgentState(change: AgentStateChange): Promise<{ agent: AgentRow; changed: boolean } | null>;
  /** Stores what agents last said; one transaction for many of them. */
  recordAgentContacts(contacts: AgentContact[]): Promise<void>;
  /** When an agent was there, by days since this one; null where nothing was counted yet. */
  agentPresence(agentId: string, sinceDayMs: number): Promise<PresenceRecord | null>;

  addRegistrationToken(token: RegistrationTokenRow, events: NewEvent[]): Promise<void>;
  /** Newest first, at most `limit`. */
  registrationTokens(limit: number): Promise<RegistrationTokenRow[]>;
  /** null when unknown; one that was used or revoked comes back as it is. */
  revokeRegistrationToken(
    tokenId: string,
    nowMs: number,
    events: NewEvent[],
  ): Promise<RegistrationTokenRow | null>;

  /** Stores a job's rating and counts it for the agent. Rejects with RATING_EXISTS for a second one. */
  addRating(rating: RatingRow): Promise<void>;
  /** Newest first, at most `limit`. */
  ratingsOfAgent(agentId: string, limit: number): Promise<RatingRow[]>;
}

export interface AgentRegistration {
  agent: AgentRow;
  key: ApiKeyRow;
  token: TokenUse | null;
  events: NewEvent[];
}

export interface TokenUse {
  tokenId: string;
  tokenHash: string;
}

export interface AgentReregistration {
  agentId: string;
  name: string;
  version: string;
  key: ApiKeyRow;
  token: TokenUse | null;
  events: NewEvent[];
  nowMs: number;
}

export interface AgentStateChange {
  agentId: string;
  state: AgentState;
  /** The states that the caller has reckoned with: another one may have come since it looked. */
  from: readonly AgentState[];
  reason: string | null;
  /** When a pause ends by itself; null for the other states. */
  untilMs: number | null;
  by: Actor;
  nowMs: number;
}

export interface AgentContact {
  agentId: string;
  /** null leaves as it is who speaks for it. */
  instanceId: string | null;
  /** null leaves the last offer as it is. */
  offer: Offer | null;
  lastSeenAtMs: number;
  /** When it was there, as far as no contact before has told; added to its days. */
  spells: readonly Spell[];
}
