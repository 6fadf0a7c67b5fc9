import type { PayoutStore } from '../payout-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { appendEventsIn } from './sqlite-events.ts';
import { postTransfersIn } from './sqlite-ledger.ts';
import { selectPayouts } from './sqlite-payout-rows.ts';
import { statement } from './statement.ts';

/** At most this many rows per wallet on the page: one wallet's dust must not fill the memory. */
const rowsPerDuePayout = 8;

const whereDue = `
  WHERE state = 'due' AND asset = ? AND due_at_ms <= ? AND wallet IN (
    SELECT wallet FROM (
      SELECT wallet FROM payouts
      WHERE state = 'due' AND asset = ? AND parked_until_ms IS NULL AND due_at_ms <= ?
      ORDER BY due_at_ms, payout_id LIMIT ?))
  ORDER BY due_at_ms, payout_id LIMIT ?`;

/** How payouts enter and leave the queue of those that are due. */
export function createSqlitePayoutQueue(
  sqlite: SqliteDatabase,
): Pick<
  PayoutStore,
  'duePayouts' | 'parkPayouts' | 'unparkPayouts' | 'holdPayouts' | 'releasePayout' | 'cancelPayout'
> {
  return {
    async duePayouts({ asset, limit, nowMs }) {
      const values = [asset, nowMs, asset, nowMs, limit, limit * rowsPerDuePayout];
      return sqlite.read((db) => selectPayouts(db, whereDue, values));
    },

    parkPayouts(parked, untilMs) {
      return sqlite.write((db) => {
        const park = statement(
          db,
          `UPDATE payouts SET parked_until_ms = ?, wait_reason = ?
           WHERE payout_id = ? AND state = 'due'`,
        );
        for (const { payoutId, reason } of parked) park.run(untilMs, reason, payoutId);
      });
    },

    unparkPayouts(nowMs) {
      return sqlite.write((db) => {
        statement(
          db,
          `UPDATE payouts SET parked_until_ms = NULL WHERE state = 'due' AND parked_until_ms <= ?`,
        ).run(nowMs);
      });
    },

    holdPayouts(holds, events) {
      return sqlite.write((db) => {
        const hold = statement(
          db,
          `UPDATE payouts SET state = 'held', hold_reason = ?, wait_reason = NULL,
             parked_until_ms = NULL
           WHERE payout_id = ? AND state = 'due'`,
        );
        for (const { payoutId, reason } of holds) hold.run(reason, payoutId);
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

    cancelPayout({ payoutId, transfers, events, nowMs }) {
      return sqlite.write((db) => {
        const { changes } = statement(
          db,
          `UPDATE payouts SET state = 'cancelled', wait_reason = NULL, parked_until_ms = NULL
           WHERE payout_id = ? AND state IN ('due', 'held')`,
        ).run(payoutId);
        if (changes === 0) return null;
        // A refund's deposit waits for its owner again.
        statement(
          db,
          `UPDATE deposits SET state = 'suspense', payout_id = NULL WHERE payout_id = ?`,
        ).run(payoutId);
        postTransfersIn(db, transfers, nowMs);
        appendEventsIn(sqlite, db, events);
        return selectPayouts(db, 'WHERE payout_id = ?', [payoutId])[0] ?? null;
      });
    },
  };
}
