import { assert } from '@node3/shared/assert';
import type { ArtifactView, RemovedArtifactView, UploadView } from '@node3/shared/routes/artifacts';
import { toTimestamp } from '@node3/shared/schema';
import type { KeptPart } from '../blobs/blob-store.ts';
import type { ArtifactRow, RemovedArtifactRow } from '../store/artifact-store.ts';

export function viewArtifact(row: ArtifactRow): ArtifactView {
  assert(row.sha256 !== null, 'a complete artifact has a sha256');
  return {
    artifactId: row.artifactId,
    jobId: row.jobId,
    attempt: row.attempt,
    name: row.name,
    bytes: row.bytes,
    sha256: row.sha256,
    mediaType: row.mediaType,
    createdAt: toTimestamp(row.createdAtMs),
    expiresAt: toTimestamp(row.expiresAtMs),
  };
}

export function viewRemoved(row: RemovedArtifactRow): RemovedArtifactView {
  const { artifactId, jobId, attempt, name, bytes, sha256, mediaType, reason } = row;
  return {
    artifactId,
    jobId,
    attempt,
    name,
    bytes,
    sha256,
    mediaType,
    reason,
    createdAt: toTimestamp(row.createdAtMs),
    removedAt: toTimestamp(row.removedAtMs),
  };
}

export function viewUpload(row: ArtifactRow, parts: readonly KeptPart[]): UploadView {
  const { artifactId, name, bytes, partBytes, sha256, expiresAtMs } = row;
  const isComplete = row.state === 'complete';
  return {
    artifactId,
    name,
    bytes,
    partBytes,
    sha256,
    state: isComplete ? 'complete' : 'open',
    received: isComplete ? [{ start: 0, end: bytes }] : joinParts(parts),
    expiresAt: toTimestamp(expiresAtMs),
  };
}

/** Neighbours as one range, so that a long upload has a short answer. */
function joinParts(parts: readonly KeptPart[]): UploadView['received'] {
  const ranges: UploadView['received'] = [];
  for (const { offset, bytes } of parts) {
    const last = ranges.at(-1);
    if (last?.end === offset) last.end = offset + bytes;
    else ranges.push({ start: offset, end: offset + bytes });
  }
  return ranges;
}
