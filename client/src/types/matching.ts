import type { Money } from '../money.ts';
import type { JobState, PlacementStrategy } from './job-spec.ts';

/** What a job would cost, who could run it and when. */
export interface Quote {
  quoteId: string;
  /** SHA-256 of the complete spec as canonical JSON, hex. */
  specHash: string;
  kind: 'fixed' | 'metered';
  /** The most the provider gets: the reward, or the cap of a metered job. */
  price: Money;
  bidPerGpuHour: Money | null;
  fee: Money;
  /** 500 is 5 %. */
  feeBasisPoints: number;
  /** What is held when the job is posted; it never costs more. */
  total: Money;
  /** Until then a job posted with this quote costs what it says. */
  expiresAt: string;
  availability: {
    /** Agents online that can run it. */
    agentsMatching: number;
    /** Those of them that could start it now. */
    agentsFree: number;
    /** null for a job without GPUs. */
    devicesFree: number | null;
    /** Open jobs of the same or a higher priority. */
    queueAhead: number;
  };
  eta: Eta | null;
  /** When nobody online can run it: what would change that, most agents first. */
  alternatives: Alternative[];
}

/** When a job may start, in seconds, from what recent ones did. */
export interface Eta {
  startSecP50: number;
  startSecP90: number;
  /** How many recent starts of such jobs this is from. */
  samples: number;
}

/** One change that would let agents take the job; nothing else is changed with it. */
export interface Alternative {
  /** The requirement that is relaxed, such as `gpu_memory`. */
  constraint: string;
  /** The field of the spec that sets it, as a JSON pointer. */
  pointer: string;
  /** What to write there; null leaves it out. */
  value: string | number | null;
  /** How many agents could then run it, beside those that can. */
  agents: number;
  /** The lowest that any of them asks per GPU hour; null where one takes anything. */
  askMin: Money | null;
}

/** How many agents one requirement lets through. */
export interface ConstraintCount {
  constraint: string;
  /** The field that sets it, as a JSON pointer; empty for the job as a whole. */
  pointer: string;
  passes: number;
  fails: number;
  /** Agents that fail this and nothing else. */
  failsOnlyThis: number;
}

/** What a job that is not assigned waits for. */
export type WaitCause =
  | 'nobody_registered'
  | 'nobody_fits'
  | 'nobody_online'
  | 'all_busy'
  | 'reserved'
  | 'not_before'
  | 'dependencies'
  | 'paused'
  | 'turn';

/** Who could run a job, what keeps it from the others, and what would change that. */
export interface Explanation {
  /** null for a spec that is not posted. */
  jobId: string | null;
  state: JobState | null;
  /** Whether any agent counted here could ever run it. */
  possible: boolean;
  /** null for a job that an agent has or that is over. */
  waitsFor: WaitCause | null;
  waitsUntil: string | null;
  /** The same for a person. */
  sentence: string;
  /** Registered agents are counted while none is online. */
  counted: 'online' | 'registered';
  /** How many were looked at. */
  agents: number;
  /** Those that could run it with nothing else on them. */
  agentsFitting: number;
  agentsRegistered: number;
  /** What excludes most comes first. */
  constraints: ConstraintCount[];
  /** Nearest single changes, most agents first. */
  alternatives: Alternative[];
  strategy: PlacementStrategy;
  /** At most 10, in the order of the strategy. */
  candidates: Candidate[];
  /** Open jobs of the same or a higher priority. */
  queueAhead: number;
  eta: Eta | null;
  /** Of the agent that has the job; null where none has it. */
  lease: Lease | null;
  /** From your newest jobs of the same program; null without such, and for a posted job. */
  sizing: Sizing | null;
}

/** How long the agent of a job has been silent, and what comes of that. */
export interface Lease {
  agentSeenAt: string | null;
  until: string;
  /** When it goes to another agent, unless this one is heard of before. */
  lostAt: string;
}

/** What a job should ask for, from what earlier ones needed. Disk is not measured. */
export interface Sizing {
  /** For `resources.memoryBytes`; null where no peak was measured. */
  memoryBytes: number | null;
  /** For `limits.runSec`; null where none succeeded. */
  runSec: number | null;
  basis: {
    /** Those that succeeded. */
    jobs: number;
    peakMemoryBytesMax: number | null;
    runMsMax: number | null;
    /** Those that ran out of memory. */
    oomJobs: number;
    /** The most that one of these had. */
    oomMemoryBytesMax: number | null;
  };
}

/** An agent that could run the job. */
export interface Candidate {
  agentId: string;
  agentName: string;
  /** 0 to 1: how free, how reliable and how fast it is. */
  score: number;
  freeSlots: number;
  slots: number;
  askPerGpuHour: Money | null;
  /** Whether it could start the job at this moment. */
  now: boolean;
  /** What it lacks at present, such as `gpu_count`. */
  waitsFor: string | null;
}
