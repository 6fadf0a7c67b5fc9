import type { ArtifactRow } from '../artifact-store.ts';
import { type ArtifactRecord, toArtifact } from './artifact-codec.ts';
import type { Tx, Work } from './work.ts';

const selectArtifact = 'SELECT * FROM artifacts WHERE artifact_id = ?';

export function* artifactIn(tx: Tx, artifactId: string): Work<ArtifactRow | null> {
  const found = yield* tx.get<ArtifactRecord>(selectArtifact, artifactId);
  return found === undefined ? null : toArtifact(found);
}
