import type { PayoutHold, PayoutRow, PayoutStore } from '../payout-store.ts';
import { toList } from './codec.ts';
import { appendEventsIn } from './old-style.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { postTransfersIn } from './sqlite-ledger.ts';
import { selectPayouts } from './sqlite-payout-rows.ts';
import { statement } from './statement.ts';

/** The oldest of each wallet: more than one transaction takes, and no more of one who is owed much dust. */
const rowsPerWalletMax = 256;

const selectDueWallets = `
  SELECT wallet FROM payouts
  WHERE state = 'due' AND asset = +? AND parked_until_ms IS NULL AND due_at_ms <= +?
  ORDER BY due_at_ms, payout_id LIMIT +?`;
/** In the order of their storing, which the index has, so that dust is not sorted each time. */
const dueOfWallet = `
  WHERE state = 'due' AND wallet = +? AND asset = +? AND due_at_ms <= +? ORDER BY rowid LIMIT +?`;
const selectWalletsOf = `
  SELECT DISTINCT wallet, asset FROM payouts
  WHERE state = 'due' AND payout_id IN (SELECT value FROM json_each(?))`;
const park = `
  UPDATE payouts SET parked_until_ms = ?, wait_reason = ?
  WHERE state = 'due' AND wallet = ? AND asset = ? AND parked_until_ms IS NULL`;
/** One of each wallet is enough to have the wallet looked at; the others come along with it. */
const unpark = `
  UPDATE payouts SET parked_until_ms = NULL WHERE payout_id IN (
    SELECT min(payout_id) FROM payouts WHERE state = 'due' AND parked_until_ms <= ?
    GROUP BY wallet, asset)`;

/** How payouts enter and leave the queue of those that are due. */
export function createSqlitePayoutQueue(
  sqlite: SqliteDatabase,
): Pick<
  PayoutStore,
  'duePayouts' | 'parkPayouts' | 'unparkPayouts' | 'holdPayouts' | 'releasePayout' | 'cancelPayout'
> {
  return {
    async duePayouts({ asset, limit, nowMs }) {
      return sqlite.read((db) => {
        const oldest = statement<{ wallet: string }>(db, selectDueWallets).all(asset, nowMs, limit);
        const wallets = new Set(oldest.map(({ wallet }) => wallet));
        return [...wallets]
          .flatMap((wallet) =>
            selectPayouts(db, dueOfWallet, [wallet, asset, nowMs, rowsPerWalletMax]),
          )
          .toSorted(byAge);
      });
    },

    parkPayouts(parked, untilMs) {
      return sqlite.write((db) => {
        for (const [reason, payoutIds] of byReason(parked)) {
          const wallets = statement<{ wallet: string; asset: string }>(db, selectWalletsOf);
          for (const { wallet, asset } of wallets.all(toList(payoutIds))) {
            statement(db, park).run(untilMs, reason, wallet, asset);
          }
        }
      });
    },

    unparkPayouts(nowMs) {
      return sqlite.write((db) => {
        statement(db, unpark).run(nowMs);
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

function byAge(a: PayoutRow, b: PayoutRow): number {
  return a.dueAtMs - b.dueAtMs || (a.payoutId < b.payoutId ? -1 : 1);
}

function byReason(holds: readonly PayoutHold[]): Map<string, string[]> {
  const payoutIds = new Map<string, string[]>();
  for (const { payoutId, reason } of holds) {
    payoutIds.set(reason, [...(payoutIds.get(reason) ?? []), payoutId]);
  }
  return payoutIds;
}
