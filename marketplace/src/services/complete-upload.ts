import { MarketError } from '@node3/shared/error';
import type { ArtifactFence, ArtifactRow } from '../store/artifact-store.ts';
import type { ArtifactDeps } from './artifact-deps.ts';

/**
 * Ends an upload: all parts are there, and their sha256 is the announced one. What is something else
 * than it should be is removed: ARTIFACT_MISMATCH. Once more it gives the same answer.
 */
export async function completeUpload(
  deps: ArtifactDeps,
  row: ArtifactRow,
  given: string | null,
  fence: ArtifactFence | null,
): Promise<ArtifactRow> {
  const { artifactId } = row;
  const completed =
    row.state === 'complete'
      ? row
      : await deps.partWriters.complete(artifactId, () => verify(deps, row, given, fence));
  checkGiven(completed, given);
  return completed;
}

async function verify(
  deps: ArtifactDeps,
  row: ArtifactRow,
  given: string | null,
  fence: ArtifactFence | null,
): Promise<ArtifactRow> {
  const { blobs, clock, store } = deps;
  const { artifactId, upload } = row;
  const parts = await store.partsOfArtifact(artifactId);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (row.state !== 'open' || upload === null || bytes !== row.bytes) {
    const detail = `${bytes} of ${row.bytes} bytes have come.`;
    throw new MarketError('ARTIFACT_STATE_INVALID', { detail, artifactId, state: row.state });
  }
  await blobs.complete({ key: artifactId, upload }, parts);
  const sha256 = await blobs.sha256(artifactId, row.bytes);
  const wanted = row.sha256 ?? given;
  if (wanted !== null && wanted !== sha256) {
    await store.beginRemoval(artifactId, { reason: 'deleted', nowMs: clock.nowMs() });
    throw mismatch(artifactId, wanted, sha256);
  }
  const nowMs = clock.nowMs();
  const expiresAtMs = nowMs + deps.artifacts.keepMs;
  return store.completeArtifact(artifactId, { sha256, nowMs, expiresAtMs }, fence);
}

function checkGiven({ artifactId, sha256 }: ArtifactRow, given: string | null): void {
  if (given !== null && given !== sha256) throw mismatch(artifactId, given, sha256);
}

function mismatch(artifactId: string, wanted: string, found: string | null): MarketError {
  const detail = `The bytes have the sha256 ${found} and should have ${wanted}.`;
  return new MarketError('ARTIFACT_MISMATCH', { detail, artifactId });
}
