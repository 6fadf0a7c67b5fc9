import { problemOfArtifactName } from '@node3/shared/artifact-name';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { UploadView } from '@node3/shared/routes/artifacts';
import type { ArtifactFence, ArtifactRow } from '../store/artifact-store.ts';
import type { ArtifactDeps } from './artifact-deps.ts';
import { viewUpload } from './artifact-views.ts';

export interface FileFacts {
  name: string;
  bytes: number;
  mediaType?: string;
  sha256?: string;
}

/** Whose upload it is. */
export interface UploadOwner {
  accountId: string;
  /** null for a requester's own. */
  output: { jobId: string; executionId: string; attempt: number; fence: ArtifactFence } | null;
}

const mebibyte = 1024 * 1024;

/** Takes room for a file and begins its upload, or answers what has come of it already. */
export async function openUpload(
  deps: ArtifactDeps,
  owner: UploadOwner,
  file: FileFacts,
): Promise<UploadView> {
  checkName(file.name);
  const { artifacts, clock, ids, store } = deps;
  const nowMs = clock.nowMs();
  const { output } = owner;
  const wanted: ArtifactRow = {
    artifactId: ids.next('artifact'),
    accountId: owner.accountId,
    jobId: output?.jobId ?? null,
    executionId: output?.executionId ?? null,
    attempt: output?.attempt ?? null,
    name: file.name,
    mediaType: file.mediaType ?? 'application/octet-stream',
    bytes: file.bytes,
    sha256: file.sha256 ?? null,
    partBytes: partBytesOf(file.bytes),
    upload: null,
    state: 'open',
    createdAtMs: nowMs,
    completedAtMs: null,
    expiresAtMs: nowMs + limits.artifactUploadMs,
  };
  const row = await store.openArtifact(wanted, artifacts.quota, output?.fence ?? null);
  if (row.state === 'complete') return viewUpload(row, []);
  if (row.upload === null) {
    await store.beganUpload(row.artifactId, await deps.blobs.begin(row.artifactId));
  }
  return viewUpload(row, await store.partsOfArtifact(row.artifactId));
}

/** Parts of whole mebibytes, larger ones only where there would be too many. */
function partBytesOf(bytes: number): number {
  const least = Math.ceil(bytes / limits.artifactPartsMax / mebibyte) * mebibyte;
  return Math.max(limits.artifactPartBytes, least);
}

function checkName(name: string): void {
  const problem = problemOfArtifactName(name);
  if (problem === null) return;
  const errors = [{ pointer: '/name', detail: problem }];
  throw new MarketError('REQUEST_INVALID', { detail: `The name ${problem}.`, errors });
}
