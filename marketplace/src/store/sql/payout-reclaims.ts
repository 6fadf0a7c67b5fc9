import { assert } from '@node3/shared/assert';
import type { BaseUnits } from '@node3/shared/money';
import type { AttemptRow, LateAttempt, PayoutStore, ReclaimRow } from '../payout-store.ts';
import { inTexts } from './codec.ts';
import type { Database } from './database.ts';
import { postTransfersIn } from './ledger.ts';
import { insertAttemptIn, selectAttempts, selectBatches, setOutcomesIn } from './payout-rows.ts';
import type { Tx } from './work.ts';

interface ReceiptRecord {
  batch_id: string;
  receipt_seed: string;
  receipt_rent: bigint;
}

const selectReceipts =
  'SELECT batch_id, receipt_seed, receipt_rent FROM payout_batches WHERE reclaim_signature = ?';

interface EndingRecord {
  receipt_address: string;
  landed_signature: string | null;
}

/** What remains of a batch after it ended: late attempts, receipt rent, signatures, the lease. */
export function createPayoutReclaims(
  database: Database,
): Pick<
  PayoutStore,
  | 'addTreasurySignature'
  | 'treasurySignaturesFor'
  | 'ownSignatures'
  | 'payoutCheckpoint'
  | 'savePayoutCheckpoint'
  | 'restoredAtMs'
  | 'acceptRestored'
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
    ...createSignatureLog(database),
    ...createLease(database),
    ...createReclaims(database),

    signedSince(sinceMs) {
      return database.read(function* (tx) {
        return (yield* tx.all<{ raw: Buffer; createdAtMs: bigint }>(
          `SELECT raw, created_at_ms AS "createdAtMs" FROM payout_attempts
           WHERE kind = 'pay' AND created_at_ms >= ? ORDER BY created_at_ms`,
          sinceMs,
        )).map(({ raw, createdAtMs }) => ({ raw, createdAtMs: Number(createdAtMs) }));
      });
    },

    async unresolvedAttempts(limit) {
      // Asked of each open attempt: a list of all batches that ended grows for ever.
      const ended = `WHERE outcome IS NULL AND EXISTS (SELECT 1 FROM payout_batches
          WHERE payout_batches.batch_id = payout_attempts.batch_id
            AND state IN ('posted', 'void', 'reclaimed'))
        ORDER BY created_at_ms LIMIT ?`;
      return database.read(function* (tx) {
        const attempts = yield* selectAttempts(tx, ended, [limit]);
        const unresolved: LateAttempt[] = [];
        for (const attempt of attempts) {
          unresolved.push({ ...attempt, ...(yield* endingOf(tx, attempt)) });
        }
        return unresolved;
      });
    },

    resolveAttempts({ outcomes, transfers, nowMs }) {
      return database.write(function* (tx) {
        yield* setOutcomesIn(tx, outcomes);
        yield* postTransfersIn(tx, transfers, nowMs);
      });
    },
  };
}

/** How the attempt's batch ended. */
function* endingOf(tx: Tx, { batchId }: AttemptRow) {
  const record = yield* tx.get<EndingRecord>(
    `SELECT receipt_address, (SELECT signature FROM payout_attempts
       WHERE batch_id = payout_batches.batch_id AND outcome = 'landed') AS landed_signature
     FROM payout_batches WHERE batch_id = ?`,
    batchId,
  );
  assert(record !== undefined, `batch ${batchId} has an attempt`);
  return { receiptAddress: record.receipt_address, landedSignature: record.landed_signature };
}

function createReclaims(
  database: Database,
): Pick<PayoutStore, 'reclaimableBatches' | 'openReclaim' | 'openReclaims' | 'closeReclaim'> {
  return {
    async reclaimableBatches(settledBeforeMs, limit) {
      const settled = `WHERE state = 'posted' AND settled_at_ms < ? AND reclaim_signature IS NULL
        AND NOT EXISTS (SELECT 1 FROM payout_attempts
          WHERE payout_attempts.batch_id = payout_batches.batch_id AND outcome IS NULL)
        ORDER BY settled_at_ms LIMIT ?`;
      return database.read((tx) => selectBatches(tx, settled, [settledBeforeMs, limit]));
    },

    openReclaim(attempt, batchIds) {
      return database.write(function* (tx) {
        yield* insertAttemptIn(tx, attempt);
        const changes = yield* tx.run(
          `UPDATE payout_batches SET reclaim_signature = ?
           WHERE state = 'posted' AND reclaim_signature IS NULL
             AND batch_id ${inTexts}`,
          attempt.signature,
          JSON.stringify(batchIds),
        );
        assert(changes === batchIds.length, 'every reclaimed batch is posted and free');
      });
    },

    openReclaims() {
      return database.read(function* (tx) {
        const open = yield* selectAttempts(tx, `WHERE kind = 'reclaim' AND outcome IS NULL`, []);
        const reclaims: ReclaimRow[] = [];
        for (const attempt of open) {
          const records = yield* tx.all<ReceiptRecord>(selectReceipts, attempt.signature);
          reclaims.push({ attempt, batches: records.map(toReceipt) });
        }
        return reclaims;
      });
    },

    closeReclaim({ signature, outcome, transfers, nowMs }) {
      return database.write(function* (tx) {
        yield* setOutcomesIn(tx, [{ signature, outcome }]);
        const change = outcome === 'landed' ? `state = 'reclaimed'` : 'reclaim_signature = NULL';
        yield* tx.post(
          `UPDATE payout_batches SET ${change} WHERE reclaim_signature = ? AND state = 'posted'`,
          signature,
        );
        yield* postTransfersIn(tx, transfers, nowMs);
      });
    },
  };
}

function toReceipt(record: ReceiptRecord): ReclaimRow['batches'][number] {
  return {
    batchId: record.batch_id,
    receiptSeed: record.receipt_seed,
    receiptRent: record.receipt_rent as BaseUnits,
  };
}

function createSignatureLog(
  database: Database,
): Pick<
  PayoutStore,
  | 'addTreasurySignature'
  | 'treasurySignaturesFor'
  | 'ownSignatures'
  | 'payoutCheckpoint'
  | 'savePayoutCheckpoint'
  | 'restoredAtMs'
  | 'acceptRestored'
> {
  return {
    addTreasurySignature(signature, purpose, nowMs) {
      return database.write(function* (tx) {
        yield* tx.post(
          'INSERT INTO treasury_signatures (signature, purpose, created_at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
          signature,
          purpose,
          nowMs,
        );
      });
    },

    async treasurySignaturesFor(purpose) {
      const rows = await database.read((tx) =>
        tx.all<{ signature: string }>(
          'SELECT signature FROM treasury_signatures WHERE purpose = ? ORDER BY created_at_ms',
          purpose,
        ),
      );
      return rows.map((row) => row.signature);
    },

    async ownSignatures(signatures) {
      const given = JSON.stringify(signatures);
      const rows = await database.read((tx) =>
        tx.all<{ signature: string }>(
          `SELECT signature FROM payout_attempts WHERE signature ${inTexts}
           UNION SELECT signature FROM treasury_signatures
           WHERE signature ${inTexts}`,
          given,
          given,
        ),
      );
      return new Set(rows.map((row) => row.signature));
    },

    async payoutCheckpoint() {
      const row = await database.read((tx) =>
        tx.get<{ signature: string | null; at_ms: bigint }>(
          'SELECT signature, at_ms FROM payout_checkpoint',
        ),
      );
      return row === undefined ? null : { signature: row.signature, atMs: Number(row.at_ms) };
    },

    savePayoutCheckpoint({ signature, atMs }) {
      return database.write(function* (tx) {
        yield* tx.post(
          `INSERT INTO payout_checkpoint (id, signature, at_ms) VALUES (1, ?, ?)
           ON CONFLICT (id) DO UPDATE SET signature = excluded.signature, at_ms = excluded.at_ms`,
          signature,
          atMs,
        );
      });
    },

    async restoredAtMs() {
      const row = await database.read((tx) => tx.get<{ value: bigint }>(selectRestored));
      return row === undefined ? null : Number(row.value);
    },

    acceptRestored() {
      return database.write(function* (tx) {
        yield* tx.run(forgetRestored);
      });
    },
  };
}

/** Written by whoever puts a backup in its place: see `store/move/`. */
const selectRestored = "SELECT value FROM meta WHERE key = 'restored_at_ms'";
const forgetRestored = "DELETE FROM meta WHERE key = 'restored_at_ms'";

function createLease(
  database: Database,
): Pick<PayoutStore, 'holdPayoutLease' | 'releasePayoutLease'> {
  return {
    holdPayoutLease(owner, untilMs, nowMs) {
      return database.write(function* (tx) {
        const changes = yield* tx.run(
          `INSERT INTO payout_lease (id, owner, until_ms) VALUES (1, ?, ?)
           ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms
           WHERE payout_lease.owner = excluded.owner OR payout_lease.until_ms <= ?`,
          owner,
          untilMs,
          nowMs,
        );
        return changes === 1;
      });
    },
    releasePayoutLease(owner) {
      return database.write(function* (tx) {
        yield* tx.post('DELETE FROM payout_lease WHERE owner = ?', owner);
      });
    },
  };
}
