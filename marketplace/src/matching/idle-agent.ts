import type { Device } from '@node3/shared/device';
import type { BaseUnits } from '@node3/shared/money';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import type { AgentStanding } from '../domain/agent-standing.ts';
import type { Capacity } from '../domain/matching.ts';

/** An agent that wants work now: it waits in a long poll, or its channel said `ready`. */
export interface IdleAgent {
  agentId: string;
  agentName: string;
  /** What is free. A new registration of the same agent replaces it. */
  capacity: Capacity;
  standing: AgentStanding;
  /** A long poll is over with its first offer; a channel takes offers while there is room. */
  offersMax: 'one' | 'many';
  /** Under which a lease is stored for it now. Called once for each claim. */
  claimId(): string;
  /** The lease is on disk: send it. */
  offered(offer: ExecutionOffer): void;
}

/** A job and an agent that go together. */
export interface Candidate {
  jobId: string;
  devices: Device[];
  /** Base units per GPU hour that the agent asks for these devices; 0 takes anything. */
  ask: BaseUnits;
  /** Base units per GPU hour that a metered job will pay; null for a fixed price. */
  rate: BaseUnits | null;
}

/** What became of a claim: which side was at fault, so that the other one can be used again. */
export type LeaseOutcome = ExecutionOffer | 'job_gone' | 'agent_refused';

/** Stores a lease. Asks the store before its first await, so that a post and its claim share a commit. */
export type LeaseJob = (agent: IdleAgent, candidate: Candidate) => Promise<LeaseOutcome>;
