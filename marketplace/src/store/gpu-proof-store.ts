import type { NewEvent } from '@node3/shared/events';
import type { ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import type { ProofState } from '@node3/shared/routes/gpu-proofs';

/** Which device's part of which challenge. */
export interface GpuProofKey {
  proofId: string;
  agentId: string;
  deviceId: string;
}

/** One device's part of a challenge to all idle devices of one owner. */
export interface GpuProofRow extends GpuProofKey {
  /** The wallet that is paid. */
  owner: string;
  /** What the device said of itself when it was asked. */
  fingerprint: string;
  plan: ProofPlan;
  fillSeed: string;
  /** Told to nobody before the walk begins. */
  walkSeed: string;
  /** Told to nobody before the root is there. */
  lanes: number[];
  state: ProofState;
  issuedAtMs: number;
  fillByMs: number;
  walkFromMs: number | null;
  walkByMs: number | null;
  root: string | null;
  rootAtMs: number | null;
  adapter: string | null;
  /** Why it ended as it did. */
  finding: string | null;
  endedAtMs: number | null;
}

export interface GpuProofEnd {
  state: 'passed' | 'failed' | 'void' | 'quarantined';
  finding: string | null;
  nowMs: number;
}

/** What of a proof that is over tells whether its device is a measured one. */
export type EndedProof = Pick<
  GpuProofRow,
  'proofId' | 'agentId' | 'deviceId' | 'fingerprint' | 'state' | 'finding' | 'issuedAtMs'
> & { endedAtMs: number };

export interface GpuProofStore {
  /**
   * Stores a challenge, and forgets those of its agents from before `keepFromMs`. false, and nothing is
   * stored, while the owner or an agent has another one open.
   */
  addGpuProofs(rows: GpuProofRow[], keepFromMs: number, events: NewEvent[]): Promise<boolean>;
  gpuProofs(proofId: string, agentId: string): Promise<GpuProofRow[]>;
  /** The devices of these agents that jobs hold now. */
  leasedDevices(agentIds: readonly string[]): Promise<Omit<GpuProofKey, 'proofId'>[]>;
  /** Those that have not ended, oldest first, at most `limit`. */
  openGpuProofs(limit: number): Promise<GpuProofRow[]>;
  /** Newest first, at most `limit`. */
  gpuProofsOfAgent(agentId: string, limit: number): Promise<GpuProofRow[]>;
  /** Of all agents, in the order in which they ended, after this one, at most `limit`. */
  gpuProofsEnded(
    after: Pick<EndedProof, 'endedAtMs' | 'proofId' | 'deviceId'>,
    limit: number,
  ): Promise<EndedProof[]>;
  noteGpuFilled(keys: GpuProofKey[], nowMs: number): Promise<void>;
  /**
   * Begins the walk of a challenge, for all its devices at one moment, once all are filled or the time
   * for it is over; those that are not filled then are void. Does nothing before, or a second time.
   */
  startGpuWalk(proofId: string, nowMs: number, walkMs: number): Promise<void>;
  /** false, and nothing is stored, when the device does not walk, or no longer. */
  noteGpuRoot(
    key: GpuProofKey,
    answer: { root: string; adapter: string; nowMs: number },
  ): Promise<boolean>;
  /** false, and nothing is stored, when it was not in the state `from`. */
  endGpuProof(
    key: GpuProofKey,
    from: readonly ProofState[],
    end: GpuProofEnd,
    events: NewEvent[],
  ): Promise<boolean>;
}
