import type { RemovalReason } from '@node3/shared/artifact-removal';
import type { ArtifactRow, ArtifactStore, RemovedArtifactRow } from '../artifact-store.ts';
import { artifactIn } from './artifact-rows.ts';
import { freeRoom } from './artifact-usage.ts';
import { toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';
import type { Tx, Work } from './work.ts';

const setRemoving = `
  UPDATE artifacts SET state = 'removing', expires_at_ms = 0 WHERE artifact_id = ?`;
const deleteArtifact = 'DELETE FROM artifacts WHERE artifact_id = ?';
const deleteParts = 'DELETE FROM artifact_parts WHERE artifact_id = ?';
const insertRemoval = `
  INSERT INTO artifact_removals (artifact_id, account_id, job_id, execution_id, attempt, name,
    media_type, bytes, sha256, created_at_ms, removed_at_ms, reason)
  VALUES (@artifactId, @accountId, @jobId, @executionId, @attempt, @name,
    @mediaType, @bytes, @sha256, @createdAtMs, @removedAtMs, @reason)`;
const selectRemoval = 'SELECT * FROM artifact_removals WHERE artifact_id = ?';
const selectOfExecution = `
  SELECT * FROM artifact_removals WHERE execution_id = ? AND reason <> 'replaced' ORDER BY name`;
const selectOfAccount = `
  SELECT * FROM artifact_removals WHERE account_id = ? AND artifact_id < ?
  ORDER BY artifact_id DESC LIMIT ?`;
const forget = `
  DELETE FROM artifact_removals WHERE artifact_id IN
    (SELECT artifact_id FROM artifact_removals WHERE removed_at_ms < ?
      ORDER BY removed_at_ms LIMIT ?)`;
/** Sorts after every id. */
const afterAllIds = '~';

interface RemovalRecord {
  artifact_id: string;
  account_id: string;
  job_id: string | null;
  execution_id: string | null;
  attempt: bigint | null;
  name: string;
  media_type: string;
  bytes: bigint;
  sha256: string;
  created_at_ms: bigint;
  removed_at_ms: bigint;
  reason: string;
}

export function createArtifactRemovals(
  database: Database,
): Pick<
  ArtifactStore,
  | 'beginRemoval'
  | 'forgetArtifact'
  | 'removedArtifact'
  | 'removedOfExecution'
  | 'removedOfAccount'
  | 'forgetRemovals'
> {
  const list = async (sql: string, ...values: (string | number)[]) => {
    const found = await database.read((tx) => tx.all<RemovalRecord>(sql, ...values));
    return found.map(toRemoved);
  };
  return {
    beginRemoval(artifactId, removal) {
      return database.write(function* (tx) {
        const row = yield* artifactIn(tx, artifactId);
        if (row !== null) yield* beginRemovalIn(tx, row, removal);
        return row;
      });
    },
    forgetArtifact(artifactId) {
      return database.write(function* (tx) {
        const row = yield* artifactIn(tx, artifactId);
        if (row === null) return;
        yield* tx.post(deleteParts, artifactId);
        yield* tx.post(deleteArtifact, artifactId);
        yield* freeRoom(tx, row);
      });
    },
    async removedArtifact(artifactId) {
      const [removed = null] = await list(selectRemoval, artifactId);
      return removed;
    },
    removedOfExecution: (executionId) => list(selectOfExecution, executionId),
    removedOfAccount: ({ accountId, beforeArtifactId, limit }) =>
      list(selectOfAccount, accountId, beforeArtifactId ?? afterAllIds, limit),
    forgetRemovals(removedBeforeMs, limit) {
      return database.write((tx) => tx.run(forget, removedBeforeMs, limit));
    },
  };
}

/** What was complete leaves a record of it. */
export function* beginRemovalIn(
  tx: Tx,
  row: ArtifactRow,
  { reason, nowMs }: { reason: RemovalReason; nowMs: number },
): Work<void> {
  if (row.state === 'complete') {
    yield* tx.post(insertRemoval, { ...row, removedAtMs: nowMs, reason });
  }
  yield* tx.post(setRemoving, row.artifactId);
}

function toRemoved(record: RemovalRecord): RemovedArtifactRow {
  return {
    artifactId: record.artifact_id,
    accountId: record.account_id,
    jobId: record.job_id,
    executionId: record.execution_id,
    attempt: toNumberOrNull(record.attempt),
    name: record.name,
    mediaType: record.media_type,
    bytes: Number(record.bytes),
    sha256: record.sha256,
    createdAtMs: Number(record.created_at_ms),
    removedAtMs: Number(record.removed_at_ms),
    reason: record.reason as RemovalReason,
  };
}
