import { assert } from '@node3/shared/assert';
import type { BaseUnits } from '@node3/shared/money';
import type Database from 'better-sqlite3';
import type { AttemptRow, PayoutStore } from '../payout-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { postTransfersIn } from './sqlite-ledger.ts';
import {
  insertAttemptIn,
  selectAttempts,
  selectBatches,
  setOutcomesIn,
} from './sqlite-payout-rows.ts';
import { statement } from './statement.ts';

interface ReceiptRecord {
  batch_id: string;
  receipt_seed: string;
  receipt_rent: bigint;
}

interface EndingRecord {
  receipt_address: string;
  landed_signature: string | null;
}

/** What remains of a batch after it ended: late attempts, receipt rent, signatures, the lease. */
export function createSqlitePayoutReclaims(
  sqlite: SqliteDatabase,
): Pick<
  PayoutStore,
  | 'addTreasurySignature'
  | 'treasurySignaturesFor'
  | 'ownSignatures'
  | 'payoutCheckpoint'
  | 'savePayoutCheckpoint'
  | 'signedSince'
  | 'unresolvedAttempts'
  | 'resolveAttempts'
  | 'reclaimableBatches'
  | 'openReclaim'
  | 'openReclaims'
  | 'closeReclaim'
  | 'holdPayoutLease'
  | 'releasePayoutLease'
> {
  return {
    ...createSignatureLog(sqlite),
    ...createLease(sqlite),
    ...createReclaims(sqlite),

    async signedSince(sinceMs) {
      return sqlite.read((db) =>
        statement<{ raw: Buffer; createdAtMs: bigint }>(
          db,
          `SELECT raw, created_at_ms AS createdAtMs FROM payout_attempts
           WHERE kind = 'pay' AND created_at_ms >= ? ORDER BY created_at_ms`,
        )
          .all(sinceMs)
          .map(({ raw, createdAtMs }) => ({ raw, createdAtMs: Number(createdAtMs) })),
      );
    },

    async unresolvedAttempts(limit) {
      // Asked of each open attempt: a list of all batches that ended grows for ever.
      const ended = `WHERE outcome IS NULL AND EXISTS (SELECT 1 FROM payout_batches
          WHERE payout_batches.batch_id = payout_attempts.batch_id
            AND state IN ('posted', 'void', 'reclaimed'))
        ORDER BY created_at_ms LIMIT ?`;
      return sqlite.read((db) =>
        selectAttempts(db, ended, [limit]).map((attempt) => ({
          ...attempt,
          ...endingOf(db, attempt),
        })),
      );
    },

    resolveAttempts({ outcomes, transfers, nowMs }) {
      return sqlite.write((db) => {
        setOutcomesIn(db, outcomes);
        postTransfersIn(db, transfers, nowMs);
      });
    },
  };
}

/** How the attempt's batch ended. */
function endingOf(db: Database.Database, { batchId }: AttemptRow) {
  const record = statement<EndingRecord>(
    db,
    `SELECT receipt_address, (SELECT signature FROM payout_attempts
       WHERE batch_id = payout_batches.batch_id AND outcome = 'landed') AS landed_signature
     FROM payout_batches WHERE batch_id = ?`,
  ).get(batchId);
  assert(record !== undefined, `batch ${batchId} has an attempt`);
  return { receiptAddress: record.receipt_address, landedSignature: record.landed_signature };
}

function createReclaims(
  sqlite: SqliteDatabase,
): Pick<PayoutStore, 'reclaimableBatches' | 'openReclaim' | 'openReclaims' | 'closeReclaim'> {
  return {
    async reclaimableBatches(settledBeforeMs, limit) {
      const settled = `WHERE state = 'posted' AND settled_at_ms < ? AND reclaim_signature IS NULL
        AND NOT EXISTS (SELECT 1 FROM payout_attempts
          WHERE payout_attempts.batch_id = payout_batches.batch_id AND outcome IS NULL)
        ORDER BY settled_at_ms LIMIT ?`;
      return sqlite.read((db) => selectBatches(db, settled, [settledBeforeMs, limit]));
    },

    openReclaim(attempt, batchIds) {
      return sqlite.write((db) => {
        insertAttemptIn(db, attempt);
        const { changes } = statement(
          db,
          `UPDATE payout_batches SET reclaim_signature = ?
           WHERE state = 'posted' AND reclaim_signature IS NULL
             AND batch_id IN (SELECT value FROM json_each(?))`,
        ).run(attempt.signature, JSON.stringify(batchIds));
        assert(changes === batchIds.length, 'every reclaimed batch is posted and free');
      });
    },

    async openReclaims() {
      return sqlite.read((db) =>
        selectAttempts(db, `WHERE kind = 'reclaim' AND outcome IS NULL`, []).map((attempt) => ({
          attempt,
          batches: statement<ReceiptRecord>(
            db,
            'SELECT batch_id, receipt_seed, receipt_rent FROM payout_batches WHERE reclaim_signature = ?',
          )
            .all(attempt.signature)
            .map((record) => ({
              batchId: record.batch_id,
              receiptSeed: record.receipt_seed,
              receiptRent: record.receipt_rent as BaseUnits,
            })),
        })),
      );
    },

    closeReclaim({ signature, outcome, transfers, nowMs }) {
      return sqlite.write((db) => {
        setOutcomesIn(db, [{ signature, outcome }]);
        const change = outcome === 'landed' ? `state = 'reclaimed'` : 'reclaim_signature = NULL';
        statement(
          db,
          `UPDATE payout_batches SET ${change} WHERE reclaim_signature = ? AND state = 'posted'`,
        ).run(signature);
        postTransfersIn(db, transfers, nowMs);
      });
    },
  };
}

function createSignatureLog(
  sqlite: SqliteDatabase,
): Pick<
  PayoutStore,
  | 'addTreasurySignature'
  | 'treasurySignaturesFor'
  | 'ownSignatures'
  | 'payoutCheckpoint'
  | 'savePayoutCheckpoint'
> {
  return {
    addTreasurySignature(signature, purpose, nowMs) {
      return sqlite.write((db) => {
        statement(
          db,
          'INSERT OR IGNORE INTO treasury_signatures (signature, purpose, created_at_ms) VALUES (?, ?, ?)',
        ).run(signature, purpose, nowMs);
      });
    },

    async treasurySignaturesFor(purpose) {
      const rows = sqlite.read((db) =>
        statement<{ signature: string }>(
          db,
          'SELECT signature FROM treasury_signatures WHERE purpose = ? ORDER BY created_at_ms',
        ).all(purpose),
      );
      return rows.map((row) => row.signature);
    },

    async ownSignatures(signatures) {
      const given = JSON.stringify(signatures);
      const rows = sqlite.read((db) =>
        statement<{ signature: string }>(
          db,
          `SELECT signature FROM payout_attempts WHERE signature IN (SELECT value FROM json_each(?))
           UNION SELECT signature FROM treasury_signatures
           WHERE signature IN (SELECT value FROM json_each(?))`,
        ).all(given, given),
      );
      return new Set(rows.map((row) => row.signature));
    },

    async payoutCheckpoint() {
      const row = sqlite.read((db) =>
        statement<{ signature: string | null; at_ms: bigint }>(
          db,
          'SELECT signature, at_ms FROM payout_checkpoint',
        ).get(),
      );
      return row === undefined ? null : { signature: row.signature, atMs: Number(row.at_ms) };
    },

    savePayoutCheckpoint({ signature, atMs }) {
      return sqlite.write((db) => {
        statement(
          db,
          `INSERT INTO payout_checkpoint (id, signature, at_ms) VALUES (1, ?, ?)
           ON CONFLICT (id) DO UPDATE SET signature = excluded.signature, at_ms = excluded.at_ms`,
        ).run(signature, atMs);
      });
    },
  };
}

function createLease(
  sqlite: SqliteDatabase,
): Pick<PayoutStore, 'holdPayoutLease' | 'releasePayoutLease'> {
  return {
    holdPayoutLease(owner, untilMs, nowMs) {
      return sqlite.write((db) => {
        const { changes } = statement(
          db,
          `INSERT INTO payout_lease (id, owner, until_ms) VALUES (1, ?, ?)
           ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms
           WHERE owner = excluded.owner OR until_ms <= ?`,
        ).run(owner, untilMs, nowMs);
        return changes === 1;
      });
    },
    releasePayoutLease(owner) {
      return sqlite.write((db) => {
        statement(db, 'DELETE FROM payout_lease WHERE owner = ?').run(owner);
      });
    },
  };
}
