import type { KeptPart } from '../../blobs/blob-store.ts';
import type { ArtifactRow, ArtifactState } from '../artifact-store.ts';

export interface ArtifactRecord {
  artifact_id: string;
  account_id: string;
  job_id: string | null;
  execution_id: string | null;
  attempt: bigint | null;
  name: string;
  media_type: string;
  bytes: bigint;
  sha256: string | null;
  part_bytes: bigint;
  upload: string | null;
  state: string;
  created_at_ms: bigint;
  completed_at_ms: bigint | null;
  expires_at_ms: bigint;
}

export interface PartRecord {
  number: bigint;
  place: bigint;
  bytes: bigint;
  tag: string;
}

export function toArtifact(record: ArtifactRecord): ArtifactRow {
  return {
    artifactId: record.artifact_id,
    accountId: record.account_id,
    jobId: record.job_id,
    executionId: record.execution_id,
    attempt: record.attempt === null ? null : Number(record.attempt),
    name: record.name,
    mediaType: record.media_type,
    bytes: Number(record.bytes),
    sha256: record.sha256,
    partBytes: Number(record.part_bytes),
    upload: record.upload,
    state: record.state as ArtifactState,
    createdAtMs: Number(record.created_at_ms),
    completedAtMs: record.completed_at_ms === null ? null : Number(record.completed_at_ms),
    expiresAtMs: Number(record.expires_at_ms),
  };
}

export function toPart({ number, place, bytes, tag }: PartRecord): KeptPart {
  return { number: Number(number), offset: Number(place), bytes: Number(bytes), tag };
}
