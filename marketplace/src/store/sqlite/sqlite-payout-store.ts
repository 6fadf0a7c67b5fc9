import { assert } from '@node3/shared/assert';
import { payoutTransitions } from '@node3/shared/settlement-state';
import { assertTransition } from '@node3/shared/state-machine';
import type Database from 'better-sqlite3';
import type {
  BatchChange,
  NewAttempt,
  NewBatch,
  PayoutChange,
  PayoutStore,
} from '../payout-store.ts';
import type { NewPayout } from '../rows.ts';
import { appendEventsIn } from './old-style.ts';
import { createSqliteChainIdentity } from './sqlite-chain-identity.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { postTransfersIn } from './sqlite-ledger.ts';
import { createSqlitePayoutQueue } from './sqlite-payout-queue.ts';
import { createSqlitePayoutReads } from './sqlite-payout-reads.ts';
import { createSqlitePayoutReclaims } from './sqlite-payout-reclaims.ts';
import {
  insertAttemptIn,
  selectBatches,
  selectPayouts,
  setOutcomesIn,
} from './sqlite-payout-rows.ts';
import { statement } from './statement.ts';

/** Stores a new payout as due, inside a write. `accountId` is the account it concerns. */
export function insertPayoutIn(
  db: Database.Database,
  payout: NewPayout,
  accountId: string | null,
  nowMs: number,
): void {
  statement(
    db,
    `INSERT INTO payouts (payout_id, kind, ledger_account, job_id, execution_id, agent_id,
       account_id, wallet, asset, amount, state, due_at_ms, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'due', ?, ?)`,
  ).run(
    payout.payoutId,
    payout.kind,
    payout.ledgerAccount,
    payout.jobId,
    payout.executionId,
    payout.agentId,
    accountId,
    payout.wallet,
    payout.asset,
    payout.amount,
    payout.dueAtMs,
    nowMs,
  );
}

/** The PayoutStore on SQLite. */
export function createSqlitePayoutStore(sqlite: SqliteDatabase): PayoutStore {
  return {
    ...createSqliteChainIdentity(sqlite),
    ...createSqlitePayoutReads(sqlite),
    ...createSqlitePayoutReclaims(sqlite),
    ...createSqlitePayoutQueue(sqlite),

    openBatch(batch, payoutIds, events) {
      return sqlite.write((db) => {
        if (!takeDuePayouts(db, batch, payoutIds)) return null;
        appendEventsIn(sqlite, db, events);
        return selectBatches(db, 'WHERE batch_id = ?', [batch.batchId])[0] ?? null;
      });
    },

    addAttempt(attempt, events) {
      return sqlite.write((db) => {
        assertTakesAttempt(db, attempt);
        insertAttemptIn(db, attempt);
        if (attempt.kind === 'pay') {
          statement(
            db,
            `UPDATE payout_batches SET state = 'signed' WHERE batch_id = ? AND state = 'new'`,
          ).run(attempt.batchId);
          statement(db, 'UPDATE payouts SET signature = ? WHERE batch_id = ?').run(
            attempt.signature,
            attempt.batchId,
          );
        }
        appendEventsIn(sqlite, db, events);
      });
    },

    changeBatch(change) {
      return sqlite.write((db) => {
        changeBatchIn(db, change);
        postTransfersIn(db, change.transfers, change.nowMs);
        appendEventsIn(sqlite, db, change.events);
      });
    },
  };
}

/** Nothing may be sent for a batch that another worker has ended meanwhile. */
function assertTakesAttempt(db: Database.Database, { batchId, kind }: NewAttempt): void {
  const states = kind === 'pay' ? ['new', 'signed', 'sent'] : ['voiding'];
  const found = statement<{ state: string }>(
    db,
    'SELECT state FROM payout_batches WHERE batch_id = ?',
  ).get(batchId);
  assert(
    found !== undefined && states.includes(found.state),
    `batch ${batchId} is not in ${states.join(' or ')}`,
  );
}

function takeDuePayouts(
  db: Database.Database,
  batch: NewBatch,
  payoutIds: readonly string[],
): boolean {
  assert(payoutIds.length > 0, 'a batch has at least one payout');
  const ids = JSON.stringify(payoutIds);
  const due = statement<{ count: bigint }>(
    db,
    `SELECT count(*) AS count FROM payouts
     WHERE state = 'due' AND asset = ? AND payout_id IN (SELECT value FROM json_each(?))`,
  ).get(batch.asset, ids);
  if (Number(due?.count ?? 0n) !== payoutIds.length) return false;
  statement(
    db,
    `INSERT INTO payout_batches (batch_id, asset, receipt_seed, receipt_address, state,
       cost_lamports, created_at_ms) VALUES (?, ?, ?, ?, 'new', ?, ?)`,
  ).run(
    batch.batchId,
    batch.asset,
    batch.receiptSeed,
    batch.receiptAddress,
    batch.costLamports,
    batch.createdAtMs,
  );
  statement(
    db,
    `UPDATE payouts SET state = 'batched', batch_id = ?, hold_reason = NULL, wait_reason = NULL,
       parked_until_ms = NULL
     WHERE payout_id IN (SELECT value FROM json_each(?))`,
  ).run(batch.batchId, ids);
  return true;
}

function changeBatchIn(db: Database.Database, change: BatchChange): void {
  const { batchId, from, to, nowMs } = change;
  const ended = to === 'posted' || to === 'void';
  const { changes } = statement(
    db,
    `UPDATE payout_batches SET state = ?, settled_at_ms = coalesce(?, settled_at_ms),
       receipt_rent = coalesce(?, receipt_rent)
     WHERE batch_id = ? AND state IN (SELECT value FROM json_each(?))`,
  ).run(to, ended ? nowMs : null, change.receiptRent ?? null, batchId, JSON.stringify(from));
  assert(changes === 1, `batch ${batchId} is not in ${from.join(' or ')}`);
  for (const payout of change.payouts) changePayoutIn(db, batchId, payout, nowMs);
  setOutcomesIn(db, change.outcomes);
}

function changePayoutIn(
  db: Database.Database,
  batchId: string,
  change: PayoutChange,
  nowMs: number,
): void {
  const current = selectPayouts(db, 'WHERE payout_id = ? AND batch_id = ?', [
    change.payoutId,
    batchId,
  ])[0];
  assert(current !== undefined, `payout ${change.payoutId} is not in batch ${batchId}`);
  if (current.state !== change.state) {
    assertTransition(payoutTransitions, current.state, change.state);
  }
  const leaves = change.state === 'due' || change.state === 'held';
  statement(
    db,
    `UPDATE payouts SET state = ?, batch_id = ?, signature = ?, hold_reason = ?, finalized_at_ms = ?
     WHERE payout_id = ?`,
  ).run(
    change.state,
    leaves ? null : batchId,
    change.signature === undefined ? current.signature : change.signature,
    change.holdReason === undefined ? current.holdReason : change.holdReason,
    change.state === 'finalized' ? nowMs : null,
    change.payoutId,
  );
}
