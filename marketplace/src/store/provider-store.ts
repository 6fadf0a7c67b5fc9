import type { NewEvent } from '@node3/shared/events';
import type {
  ProviderCapabilities,
  ProviderKind,
  ProviderState,
  ProviderStatus,
} from '@node3/shared/provider';
import type { AgentRow } from './rows.ts';

/** The one that agents of no other belong to; it can't be removed, and in rows of agents it is null. */
export const builtInProvider = 'default';

export interface ProviderRow {
  providerId: string;
  /** Unlike all others, and never changed: jobs name it. */
  name: string;
  kind: ProviderKind;
  /** What the operator wants of it. */
  state: ProviderState;
  stateReason: string | null;
  /** Where it stands in lists, the highest first. */
  priority: number;
  /** How many agents it may have; null for any number. */
  workersMax: number | null;
  facts: ProviderFacts;
  /** Sealed, by name. */
  credentials: Record<string, string>;
  createdAtMs: number;
  changedAtMs: number;
}

export interface ProviderFacts {
  description: string | null;
  capabilities: ProviderCapabilities;
  endpoint: string | null;
  labels: Record<string, string>;
  tags: string[];
}

/** How it has stood since when. */
export interface ProviderHealthRow {
  providerId: string;
  number: number;
  status: ProviderStatus;
  reason: string;
  atMs: number;
}

export interface ProviderHealthChange {
  providerId: string;
  status: ProviderStatus;
  reason: string;
  nowMs: number;
  event: NewEvent;
}

/** What its agents have done, as far as it counts for them. */
export interface ProviderRecord {
  agents: number;
  jobsSucceeded: number;
  jobsFailed: number;
  /** Runs whose time is known, and what they took together. */
  timedRuns: number;
  timedRunMs: number;
}

export type AgentProvider = Pick<AgentRow, 'agentId' | 'providerId' | 'state'>;

export interface ProviderStore {
  /** Rejects with PROVIDER_NAME_TAKEN, and LIMIT_REACHED past `max`. */
  createProvider(provider: ProviderRow, max: number, events: NewEvent[]): Promise<void>;
  /** Stores the built-in one where it isn't yet. */
  openBuiltInProvider(provider: ProviderRow): Promise<void>;
  /** All, in no order. */
  providers(): Promise<ProviderRow[]>;
  /**
   * Stores what `change` makes of a provider. It may throw, and then nothing is stored. Rejects with
   * PROVIDER_NOT_FOUND.
   */
  changeProvider(
    providerId: string,
    change: (provider: ProviderRow) => { provider: ProviderRow; events: NewEvent[] },
  ): Promise<ProviderRow>;
  /** Rejects with PROVIDER_NOT_FOUND, and PROVIDER_IN_USE while agents that are registered belong to it. */
  deleteProvider(providerId: string, events: NewEvent[]): Promise<void>;
  /**
   * Gives an agent to a provider. Rejects with AGENT_NOT_FOUND, PROVIDER_NOT_FOUND and PROVIDER_FULL.
   * @param providerId null for the built-in one
   */
  assignAgent(agentId: string, providerId: string | null, events: NewEvent[]): Promise<void>;
  /** Whose each agent is that has not left, without the rest of what is known of it. */
  agentProviders(): Promise<AgentProvider[]>;
  /** The same of the agents of one. */
  agentsOfProvider(providerId: string): Promise<AgentProvider[]>;
  /** Notes how it stands where that is another way than before. @returns whether it was. */
  noteProviderHealth(change: ProviderHealthChange): Promise<boolean>;
  /** Newest first. @param beforeNumber null begins with the newest */
  providerHealth(
    providerId: string,
    beforeNumber: number | null,
    limit: number,
  ): Promise<ProviderHealthRow[]>;
  /** The newest of each provider. */
  providerStatuses(): Promise<ProviderHealthRow[]>;
  /** Removes at most `limit` of those from before. @returns how many. */
  pruneProviderHealth(beforeMs: number, limit: number): Promise<number>;
  providerRecord(providerId: string): Promise<ProviderRecord>;
}
