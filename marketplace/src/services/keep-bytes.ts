import type { ArtifactRow } from '../store/artifact-store.ts';
import type { ArtifactDeps } from './artifact-deps.ts';
import { completeUpload } from './complete-upload.ts';
import { keepPart } from './keep-part.ts';
import { openUpload } from './open-upload.ts';
import { findOwnArtifact } from './read-artifacts.ts';

export interface SmallFile {
  name: string;
  bytes: Buffer;
  /** Not longer than files are kept here. */
  keepMs: number;
}

/** Keeps what is in memory already as an artifact of the account, in the ways of any upload. */
export async function keepBytes(
  deps: ArtifactDeps,
  accountId: string,
  { name, bytes, keepMs }: SmallFile,
): Promise<ArtifactRow> {
  const owner = { accountId, output: null };
  const upload = await openUpload(deps, owner, { name, bytes: bytes.length });
  const row = await findOwnArtifact(deps, upload.artifactId, accountId);
  for (let offset = 0; offset < bytes.length; offset += row.partBytes) {
    const part = bytes.subarray(offset, offset + row.partBytes);
    await keepPart(deps, row, { offset, bytes: part.length, read: () => once(part) }, null);
  }
  const kept = { ...deps, artifacts: { ...deps.artifacts, keepMs } };
  return completeUpload(kept, row, null, null);
}

async function* once(part: Buffer): AsyncGenerator<Uint8Array> {
  yield part;
}
