import type { RemovalReason } from '@node3/shared/artifact-removal';
import type { KeptPart } from '../blobs/blob-store.ts';
import type { Fence } from './rows.ts';

/** `removing`: nobody may read it any more, and its bytes are about to go. */
export type ArtifactState = 'open' | 'complete' | 'removing';

export interface ArtifactRow {
  artifactId: string;
  accountId: string;
  /** The job and the execution that it came out of; null for what a requester uploaded. */
  jobId: string | null;
  executionId: string | null;
  attempt: number | null;
  name: string;
  mediaType: string;
  bytes: number;
  /** Announced while it is open, found while it was completed. */
  sha256: string | null;
  partBytes: number;
  /** What the blob store calls it while it is open; null before that knows of it. */
  upload: string | null;
  state: ArtifactState;
  createdAtMs: number;
  completedAtMs: number | null;
  /** From then on the sweeper removes it. */
  expiresAtMs: number;
}

/** What is known of an artifact that was complete and is not here any more. */
export interface RemovedArtifactRow
  extends Omit<
    ArtifactRow,
    'sha256' | 'partBytes' | 'upload' | 'state' | 'completedAtMs' | 'expiresAtMs'
  > {
  sha256: string;
  removedAtMs: number;
  reason: RemovalReason;
}

/** Proof that an agent has the execution that it writes for. */
export interface ArtifactFence {
  fence: Fence;
  agentId: string;
}

/** Most bytes and files of each, all states counted. */
export interface ArtifactQuota {
  all: ArtifactRoom;
  account: ArtifactRoom;
  /** Of what the agents of one job upload. */
  job: ArtifactRoom;
}

export interface ArtifactRoom {
  bytes: number;
  files: number;
}

export interface ArtifactStore {
  /**
   * Takes room for an artifact and stores it open. An agent's upload of the same name, size and
   * sha256 for the same execution is the earlier one; of the same name and another content it takes
   * the place of the earlier one. Rejects with ARTIFACT_QUOTA, or with LEASE_STALE.
   */
  openArtifact(
    row: ArtifactRow,
    quota: ArtifactQuota,
    fence: ArtifactFence | null,
  ): Promise<ArtifactRow>;
  /** Notes what the blob store calls it. */
  beganUpload(artifactId: string, upload: string): Promise<void>;
  /** Notes a part that is kept. Rejects with ARTIFACT_STATE_INVALID, or with LEASE_STALE. */
  keepPart(artifactId: string, part: KeptPart, fence: ArtifactFence | null): Promise<void>;
  /** In the order of their places. */
  partsOfArtifact(artifactId: string): Promise<KeptPart[]>;
  /** Again it changes nothing. Rejects with ARTIFACT_STATE_INVALID, or with LEASE_STALE. */
  completeArtifact(
    artifactId: string,
    found: { sha256: string; nowMs: number; expiresAtMs: number },
    fence: ArtifactFence | null,
  ): Promise<ArtifactRow>;
  artifact(artifactId: string): Promise<ArtifactRow | null>;
  /** The complete ones, by name. */
  artifactsOfExecution(executionId: string): Promise<ArtifactRow[]>;
  /** Newest first; `beforeArtifactId` continues a page. */
  artifactsOfAccount(query: ArtifactQuery): Promise<ArtifactRow[]>;
  /**
   * From now on nobody reads it; the sweeper removes its bytes. One that was complete is known as
   * removed. null for an unknown one.
   */
  beginRemoval(
    artifactId: string,
    removal: { reason: RemovalReason; nowMs: number },
  ): Promise<ArtifactRow | null>;
  /** Forgets an artifact whose bytes are gone, and gives its room back. */
  forgetArtifact(artifactId: string): Promise<void>;
  removedArtifact(artifactId: string): Promise<RemovedArtifactRow | null>;
  /** By name, without those that have a successor. */
  removedOfExecution(executionId: string): Promise<RemovedArtifactRow[]>;
  /** Newest first, by when they were made. */
  removedOfAccount(query: ArtifactQuery): Promise<RemovedArtifactRow[]>;
  /** Forgets at most `limit` of those removed before a time. @returns how many. */
  forgetRemovals(removedBeforeMs: number, limit: number): Promise<number>;
  /** What is to be removed at this time, at most `limit`. */
  artifactsToRemove(nowMs: number, limit: number): Promise<ArtifactRow[]>;
  /** Keeps complete ones at least until then. */
  keepArtifacts(artifactIds: readonly string[], untilMs: number): Promise<void>;
  /** What all artifacts, or those of an account or a job, take. */
  artifactUsage(owner: string): Promise<ArtifactRoom>;
  /** Links that were signed with an earlier version are void. */
  linkVersion(accountId: string): Promise<number>;
  /** Revokes links to jobs of the account, too. */
  revokeLinks(accountId: string, nowMs: number): Promise<number>;
}

export interface ArtifactQuery {
  accountId: string;
  beforeArtifactId: string | null;
  limit: number;
}

export const allArtifacts = 'all';
