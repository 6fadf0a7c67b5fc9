import { MarketError } from '@node3/shared/error';
import {
  type ArtifactQuota,
  type ArtifactRoom,
  type ArtifactRow,
  allArtifacts,
} from '../artifact-store.ts';
import type { Tx, Work } from './work.ts';

const addUsage = `
  INSERT INTO artifact_usage (owner, bytes, files) VALUES (?, ?, 1)
  ON CONFLICT (owner) DO UPDATE
  SET bytes = artifact_usage.bytes + excluded.bytes, files = artifact_usage.files + 1`;
const freeUsage = 'UPDATE artifact_usage SET bytes = bytes - ?, files = files - 1 WHERE owner = ?';
const dropUnused = 'DELETE FROM artifact_usage WHERE owner = ? AND files = 0';
const selectUsage = 'SELECT bytes, files FROM artifact_usage WHERE owner = ?';

const words = { all: 'the marketplace', account: 'your account', job: 'the job' } as const;

/** Takes room for an artifact from everybody who has to have it. Throws ARTIFACT_QUOTA. */
export function* takeRoom(tx: Tx, row: ArtifactRow, quota: ArtifactQuota): Work<void> {
  for (const [kind, owner] of ownersOf(row)) {
    yield* tx.post(addUsage, owner, row.bytes);
    const used = yield* usageOf(tx, owner);
    const most = quota[kind];
    if (used.bytes <= most.bytes && used.files <= most.files) continue;
    const detail =
      used.bytes > most.bytes
        ? `With ${row.bytes} bytes more ${words[kind]} would have ${used.bytes} of at most ${most.bytes} bytes of artifacts.`
        : `${words[kind]} has ${most.files} artifacts already, which is the most.`;
    throw new MarketError('ARTIFACT_QUOTA', { detail, of: kind, bytesMax: most.bytes });
  }
}

export function* freeRoom(tx: Tx, row: ArtifactRow): Work<void> {
  for (const [, owner] of ownersOf(row)) {
    yield* tx.post(freeUsage, row.bytes, owner);
    yield* tx.post(dropUnused, owner);
  }
}

export function* usageOf(tx: Tx, owner: string): Work<ArtifactRoom> {
  const found = yield* tx.get<{ bytes: bigint; files: bigint }>(selectUsage, owner);
  return { bytes: Number(found?.bytes ?? 0n), files: Number(found?.files ?? 0n) };
}

/** Always in this order, so that two writes never wait for one another. */
function ownersOf({ jobId, accountId }: ArtifactRow): [keyof ArtifactQuota, string][] {
  const job: [keyof ArtifactQuota, string][] = jobId === null ? [] : [['job', jobId]];
  return [...job, ['account', accountId], ['all', allArtifacts]];
}
