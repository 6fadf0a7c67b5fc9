import { MarketError } from '@node3/shared/error';
import type { ArtifactFence, ArtifactRow, ArtifactStore } from '../artifact-store.ts';
import { type ArtifactRecord, type PartRecord, toArtifact, toPart } from './artifact-codec.ts';
import { beginRemovalIn, createArtifactRemovals } from './artifact-removals.ts';
import { artifactIn } from './artifact-rows.ts';
import { takeRoom, usageOf } from './artifact-usage.ts';
import type { Database } from './database.ts';
import { revokeLinksIn } from './job-link-store.ts';
import type { Tx, Work } from './work.ts';

const selectNamed = `
  SELECT * FROM artifacts WHERE execution_id = ? AND name = ? AND state <> 'removing'`;
const insertArtifact = `
  INSERT INTO artifacts (artifact_id, account_id, job_id, execution_id, attempt, name, media_type,
    bytes, sha256, part_bytes, upload, state, created_at_ms, completed_at_ms, expires_at_ms)
  VALUES (@artifactId, @accountId, @jobId, @executionId, @attempt, @name, @mediaType,
    @bytes, @sha256, @partBytes, @upload, @state, @createdAtMs, @completedAtMs, @expiresAtMs)`;
const setUpload = 'UPDATE artifacts SET upload = ? WHERE artifact_id = ?';
const setComplete = `
  UPDATE artifacts SET state = 'complete', sha256 = ?, completed_at_ms = ?, expires_at_ms = ?
  WHERE artifact_id = ?`;
const keepUntil = `
  UPDATE artifacts SET expires_at_ms = ?
  WHERE artifact_id = ? AND state = 'complete' AND expires_at_ms < ?`;
const putPart = `
  INSERT INTO artifact_parts (artifact_id, number, place, bytes, tag) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (artifact_id, number) DO UPDATE SET tag = excluded.tag`;
const selectParts = `
  SELECT number, place, bytes, tag FROM artifact_parts WHERE artifact_id = ? ORDER BY number`;
const deleteParts = 'DELETE FROM artifact_parts WHERE artifact_id = ?';
const selectOfExecution = `
  SELECT * FROM artifacts WHERE execution_id = ? AND state <> 'removing' AND state = 'complete'
  ORDER BY name`;
const selectOfAccount = `
  SELECT * FROM artifacts WHERE account_id = ? AND artifact_id < ? AND state <> 'removing'
  ORDER BY artifact_id DESC LIMIT ?`;
const selectExpired = `
  SELECT * FROM artifacts WHERE expires_at_ms <= +? ORDER BY expires_at_ms LIMIT +?`;
const selectHeld = `
  SELECT job_id FROM executions
  WHERE execution_id = ? AND agent_id = ? AND attempt = ? AND lease_hash = ? AND live = 1`;
const selectLinks = 'SELECT version FROM artifact_links WHERE account_id = ?';
const nextLinks = `
  INSERT INTO artifact_links (account_id, version) VALUES (?, 1)
  ON CONFLICT (account_id) DO UPDATE SET version = artifact_links.version + 1`;
/** Sorts after every id. */
const afterAllIds = '~';

export function createArtifactStore(database: Database): ArtifactStore {
  return {
    ...createArtifactWrites(database),
    ...createArtifactReads(database),
    ...createArtifactRemovals(database),
  };
}

type Reads =
  | 'partsOfArtifact'
  | 'artifact'
  | 'artifactsOfExecution'
  | 'artifactsOfAccount'
  | 'artifactsToRemove'
  | 'artifactUsage'
  | 'linkVersion';

function createArtifactReads(database: Database): Pick<ArtifactStore, Reads> {
  const list = async (sql: string, ...values: (string | number)[]) => {
    const found = await database.read((tx) => tx.all<ArtifactRecord>(sql, ...values));
    return found.map(toArtifact);
  };
  return {
    async partsOfArtifact(artifactId) {
      const found = await database.read((tx) => tx.all<PartRecord>(selectParts, artifactId));
      return found.map(toPart);
    },
    artifact: (artifactId) => database.read((tx) => artifactIn(tx, artifactId)),
    artifactsOfExecution: (executionId) => list(selectOfExecution, executionId),
    artifactsOfAccount: ({ accountId, beforeArtifactId, limit }) =>
      list(selectOfAccount, accountId, beforeArtifactId ?? afterAllIds, limit),
    artifactsToRemove: (nowMs, limit) => list(selectExpired, nowMs, limit),
    artifactUsage: (owner) => database.read((tx) => usageOf(tx, owner)),
    linkVersion: (accountId) => database.read((tx) => linkVersionOf(tx, accountId)),
  };
}

function createArtifactWrites(
  database: Database,
): Pick<
  ArtifactStore,
  'openArtifact' | 'beganUpload' | 'keepPart' | 'completeArtifact' | 'keepArtifacts' | 'revokeLinks'
> {
  return {
    openArtifact(row, quota, fence) {
      return database.write(function* (tx) {
        if (fence !== null) yield* checkFence(tx, fence);
        const earlier = yield* namedAlike(tx, row);
        if (earlier !== null) {
          if (earlier.sha256 === row.sha256 && earlier.bytes === row.bytes) return earlier;
          const removal = { reason: 'replaced', nowMs: row.createdAtMs } as const;
          yield* beginRemovalIn(tx, earlier, removal);
        }
        yield* takeRoom(tx, row, quota);
        yield* tx.post(insertArtifact, row);
        return row;
      });
    },
    beganUpload(artifactId, upload) {
      return database.write(function* (tx) {
        yield* tx.post(setUpload, upload, artifactId);
      });
    },
    keepPart(artifactId, { number, offset, bytes, tag }, fence) {
      return database.write(function* (tx) {
        yield* openArtifactOf(tx, artifactId, fence);
        yield* tx.post(putPart, artifactId, number, offset, bytes, tag);
      });
    },
    completeArtifact(artifactId, { sha256, nowMs, expiresAtMs }, fence) {
      return database.write(function* (tx) {
        const row = yield* artifactIn(tx, artifactId);
        if (row?.state === 'complete') return row;
        yield* openArtifactOf(tx, artifactId, fence);
        yield* tx.post(setComplete, sha256, nowMs, expiresAtMs, artifactId);
        yield* tx.post(deleteParts, artifactId);
        const completed = yield* artifactIn(tx, artifactId);
        if (completed === null) throw new MarketError('ARTIFACT_NOT_FOUND', { artifactId });
        return completed;
      });
    },
    keepArtifacts(artifactIds, untilMs) {
      return database.write(function* (tx) {
        for (const artifactId of artifactIds) {
          yield* tx.post(keepUntil, untilMs, artifactId, untilMs);
        }
      });
    },
    revokeLinks(accountId, nowMs) {
      return database.write(function* (tx) {
        yield* revokeLinksIn(tx, accountId, nowMs);
        yield* tx.post(nextLinks, accountId);
        return yield* linkVersionOf(tx, accountId);
      });
    },
  };
}

function* namedAlike(tx: Tx, { executionId, name }: ArtifactRow): Work<ArtifactRow | null> {
  if (executionId === null) return null;
  const found = yield* tx.get<ArtifactRecord>(selectNamed, executionId, name);
  return found === undefined ? null : toArtifact(found);
}

/** Throws unless it is still being uploaded, by whom the fence says. */
function* openArtifactOf(tx: Tx, artifactId: string, fence: ArtifactFence | null): Work<void> {
  if (fence !== null) yield* checkFence(tx, fence);
  const row = yield* artifactIn(tx, artifactId);
  const isTheirs = row !== null && row.executionId === (fence?.fence.executionId ?? null);
  if (!isTheirs) throw new MarketError('ARTIFACT_NOT_FOUND', { artifactId });
  if (row.state === 'open') return;
  throw new MarketError('ARTIFACT_STATE_INVALID', { artifactId, state: row.state });
}

/** Throws LEASE_STALE unless the agent has this execution now. */
function* checkFence(tx: Tx, { fence, agentId }: ArtifactFence): Work<void> {
  const { executionId, attempt, leaseHash } = fence;
  const held = yield* tx.get(selectHeld, executionId, agentId, attempt, leaseHash);
  if (held === undefined) throw new MarketError('LEASE_STALE', { executionId });
}

function* linkVersionOf(tx: Tx, accountId: string): Work<number> {
  const found = yield* tx.get<{ version: bigint }>(selectLinks, accountId);
  return Number(found?.version ?? 0n);
}
