import type { Offer } from '@node3/shared/device';
import type { Fence } from './rows.ts';

/** Who lives beside whom on one database, and which agent speaks to which of them. */
export interface ReplicaStore {
  /**
   * Says that a replica lives until `untilMs`. Where it was not alive any more, and at its start,
   * takes over as `adoptAgents` does: whoever could not say so could not renew leases either.
   */
  holdReplica(hold: ReplicaHold): Promise<{ held: 'kept' | 'anew'; adopted: Adopted }>;
  /** It ends of its own accord: others take over without waiting. */
  endReplica(replicaId: string): Promise<void>;
  /**
   * Takes over the agents of replicas that live no more. Their live executions are given as much time
   * as they would have had, so that nobody's lease ends because of us; what ran without a lease for a
   * while is noted for `unsupervisedSince`. Leases of agents that another replica looks after stay.
   */
  adoptAgents(adoption: Adoption): Promise<Adopted>;
  /**
   * Gives live executions the time in which the store refused to renew them, up to a whole lease from
   * now, and notes what ran without one as `adoptAgents` does. Answers how many fences did fit.
   */
  giveLeasesBack(
    owed: readonly OwedLease[],
    at: Pick<Adoption, 'nowMs' | 'leaseMs'>,
  ): Promise<number>;
  /** When the lease of an execution ran out with nobody there to renew it; null where none did. */
  unsupervisedSince(executionId: string): Promise<number | null>;

  /**
   * Says that a process of an agent speaks to this replica now, and to no other. Rejects with
   * AGENT_SUPERSEDED for a process that was replaced by a newer one of the same agent. Answers how
   * often the agent has said so: of two of its homes the one with the higher number is the newer one.
   */
  takeHome(home: NewHome): Promise<number>;
  /**
   * Says of agents that they are still here, after others have taken them over. One that has spoken to
   * another replica since that generation stays there. Answers who of them is here.
   */
  keepHomes(keeping: HomesKeeping): Promise<string[]>;
  /** Rejects with AGENT_SUPERSEDED as `takeHome` does, and stores nothing. */
  checkInstance(agentId: string, instanceId: string): Promise<void>;
  /**
   * These agents are silent here, or are here with something new to read about them. Those that went
   * to another replica meanwhile stay as they are there.
   */
  noteHomes(note: HomesNote): Promise<void>;
  /**
   * Homes that changed after another one, in the order of their commits, at most `limit`. Whoever reads
   * on from the last row of a page misses no change, however late it was stored.
   */
  homesChangedAfter(after: HomesCursor, limit: number): Promise<HomeRow[]>;
}

export interface Adoption {
  /** Who takes over. */
  replicaId: string;
  nowMs: number;
  leaseMs: number;
}

export interface ReplicaHold extends Adoption {
  untilMs: number;
}

export interface OwedLease {
  agentId: string;
  fence: Fence;
  byMs: number;
}

export interface Adopted {
  /** Replicas that were found dead. */
  replicas: number;
  /** Live executions of their agents, and by how much their times were put off. */
  executions: number;
  byMs: number;
}

export interface NewHome {
  agentId: string;
  instanceId: string;
  replicaId: string;
  nowMs: number;
}

export interface HomesKeeping {
  replicaId: string;
  /** Each with the generation that this replica knows. */
  homes: readonly { agentId: string; generation: number }[];
  nowMs: number;
}

/** The change of a row that was read last; number 0 and no agent is before all of them. */
export type HomesCursor = Pick<HomeRow, 'change' | 'agentId'>;

export interface HomesNote {
  replicaId: string;
  agentIds: readonly string[];
  are: 'here' | 'silent';
  nowMs: number;
}

export interface HomeRow {
  agentId: string;
  replicaId: string;
  instanceId: string | null;
  /** As `takeHome` answered it; 0 where only its jobs were taken over. */
  generation: number;
  /** Whether the agent is there, as far as that replica knows. */
  isHere: boolean;
  changedAtMs: number;
  /** Grows with each commit that changes homes; what one commit changes may have the same number. */
  change: number;
  wallet: string;
  name: string;
  offer: Offer | null;
}
