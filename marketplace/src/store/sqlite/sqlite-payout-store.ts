import { assert } from '@node3/shared/assert';
import { type Asset, type BaseUnits, zero } from '@node3/shared/money';
import { type PayoutState, payoutStates, payoutTransitions } from '@node3/shared/settlement-state';
import { assertTransition } from '@node3/shared/state-machine';
import type Database from 'better-sqlite3';
import type {
  BatchChange,
  NewBatch,
  PayoutChange,
  PayoutStore,
  PayoutSums,
} from '../payout-store.ts';
import type { NewPayout } from '../rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { appendEventsIn } from './sqlite-events.ts';
import { postTransfersIn } from './sqlite-ledger.ts';
import { createSqlitePayoutReclaims } from './sqlite-payout-reclaims.ts';
import {
  insertAttemptIn,
  selectBatches,
  selectPayouts,
  setOutcomesIn,
} from './sqlite-payout-rows.ts';
import { statement } from './statement.ts';

/** Stores a new payout as due, inside a write. `accountId` is the requester's, for its events. */
export function insertPayoutIn(
  db: Database.Database,
  payout: NewPayout,
  accountId: string | null,
  nowMs: number,
): void {
  statement(
    db,
    `INSERT INTO payouts (payout_id, job_id, execution_id, agent_id, account_id, wallet, asset,
       amount, state, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'due', ?)`,
  ).run(
    payout.payoutId,
    payout.jobId,
    payout.executionId,
    payout.agentId,
    accountId,
    payout.wallet,
    payout.asset,
    payout.amount,
    nowMs,
  );
}

/** The PayoutStore on SQLite. */
export function createSqlitePayoutStore(sqlite: SqliteDatabase): PayoutStore {
  return {
    ...createSqlitePayoutReads(sqlite),
    ...createSqlitePayoutReclaims(sqlite),

    holdPayouts(holds, events, nowMs) {
      return sqlite.write((db) => {
        assert(Number.isFinite(nowMs), 'a time is a number');
        for (const { payoutId, reason } of holds) {
          statement(
            db,
            `UPDATE payouts SET state = 'held', hold_reason = ? WHERE payout_id = ? AND state = 'due'`,
          ).run(reason, payoutId);
        }
        appendEventsIn(sqlite, db, events);
      });
    },

    releasePayout(payoutId, events) {
      return sqlite.write((db) => {
        const { changes } = statement(
          db,
          `UPDATE payouts SET state = 'due', hold_reason = NULL, signature = NULL
           WHERE payout_id = ? AND state = 'held'`,
        ).run(payoutId);
        if (changes === 0) return false;
        appendEventsIn(sqlite, db, events);
        return true;
      });
    },

    openBatch(batch, payoutIds, events) {
      return sqlite.write((db) => {
        if (!takeDuePayouts(db, batch, payoutIds)) return null;
        appendEventsIn(sqlite, db, events);
        return selectBatches(db, 'WHERE batch_id = ?', [batch.batchId])[0] ?? null;
      });
    },

    addAttempt(attempt, events) {
      return sqlite.write((db) => {
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

function createSqlitePayoutReads(
  sqlite: SqliteDatabase,
): Pick<
  PayoutStore,
  | 'payout'
  | 'payoutOfExecution'
  | 'payoutsOfJobs'
  | 'listPayouts'
  | 'countPayouts'
  | 'sumPayouts'
  | 'duePayouts'
  | 'openBatches'
> {
  const select = (where: string, ...values: (string | number | null)[]) =>
    sqlite.read((db) => selectPayouts(db, where, values));
  return {
    async payout(payoutId) {
      return select('WHERE payout_id = ?', payoutId)[0] ?? null;
    },
    async payoutOfExecution(executionId) {
      return select('WHERE execution_id = ?', executionId)[0] ?? null;
    },
    async payoutsOfJobs(jobIds) {
      const rows = select(
        'WHERE job_id IN (SELECT value FROM json_each(?)) ORDER BY payout_id',
        JSON.stringify(jobIds),
      );
      return new Map(rows.map((row) => [row.jobId, row]));
    },
    async listPayouts({ agentId, beforePayoutId, limit }) {
      const before = beforePayoutId ?? '~';
      return agentId === null
        ? select('WHERE payout_id < ? ORDER BY payout_id DESC LIMIT ?', before, limit)
        : select(
            'WHERE agent_id = ? AND payout_id < ? ORDER BY payout_id DESC LIMIT ?',
            agentId,
            before,
            limit,
          );
    },
    async countPayouts() {
      const counts = Object.fromEntries(payoutStates.map((state) => [state, 0]));
      const rows = sqlite.read((db) =>
        statement<{ state: string; count: bigint }>(
          db,
          'SELECT state, count(*) AS count FROM payouts GROUP BY state',
        ).all(),
      );
      for (const row of rows) counts[row.state] = Number(row.count);
      return counts as Record<PayoutState, number>;
    },
    async sumPayouts({ agentId, sinceMs }) {
      const sums: Record<Asset, PayoutSums> = {
        SOL: { finalized: zero, pending: zero },
        USDC: { finalized: zero, pending: zero },
      };
      const rows = sqlite.read((db) =>
        statement<{ asset: string; final: bigint; amount: bigint }>(
          db,
          `SELECT asset, state = 'finalized' AS final, sum(amount) AS amount FROM payouts
           WHERE created_at_ms >= ? AND (? IS NULL OR agent_id = ?) GROUP BY 1, 2`,
        ).all(sinceMs, agentId, agentId),
      );
      for (const row of rows) {
        sums[row.asset as Asset][row.final === 1n ? 'finalized' : 'pending'] =
          row.amount as BaseUnits;
      }
      return sums;
    },
    async duePayouts(asset, limit) {
      return select(`WHERE state = 'due' AND asset = ? ORDER BY payout_id LIMIT ?`, asset, limit);
    },
    async openBatches() {
      const open = `WHERE state IN ('new', 'signed', 'sent', 'voiding') ORDER BY created_at_ms, batch_id`;
      return sqlite.read((db) => selectBatches(db, open, []));
    },
  };
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
    `UPDATE payouts SET state = 'batched', batch_id = ?, hold_reason = NULL
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
