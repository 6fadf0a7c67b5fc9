import type { PayoutHold, PayoutRow, PayoutStore } from '../payout-store.ts';
import { inTexts, toList } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { postTransfersIn } from './ledger.ts';
import { selectPayouts } from './payout-rows.ts';

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
  WHERE state = 'due' AND payout_id ${inTexts}`;
const park = `
  UPDATE payouts SET parked_until_ms = ?, wait_reason = ?
  WHERE state = 'due' AND wallet = ? AND asset = ? AND parked_until_ms IS NULL`;
const hold = `
  UPDATE payouts SET state = 'held', hold_reason = ?, wait_reason = NULL, parked_until_ms = NULL
  WHERE payout_id = ? AND state = 'due'`;
/** One of each wallet is enough to have the wallet looked at; the others come along with it. */
const unpark = `
  UPDATE payouts SET parked_until_ms = NULL WHERE payout_id IN (
    SELECT min(payout_id) FROM payouts WHERE state = 'due' AND parked_until_ms <= ?
    GROUP BY wallet, asset)`;

/** How payouts enter and leave the queue of those that are due. */
export function createPayoutQueue(
  database: Database,
): Pick<
  PayoutStore,
  'duePayouts' | 'parkPayouts' | 'unparkPayouts' | 'holdPayouts' | 'releasePayout' | 'cancelPayout'
> {
  return {
    duePayouts({ asset, limit, nowMs }) {
      return database.read(function* (tx) {
        const oldest = yield* tx.all<{ wallet: string }>(selectDueWallets, asset, nowMs, limit);
        const wallets = new Set(oldest.map(({ wallet }) => wallet));
        const due: PayoutRow[] = [];
        for (const wallet of wallets) {
          const values = [wallet, asset, nowMs, rowsPerWalletMax];
          due.push(...(yield* selectPayouts(tx, dueOfWallet, values)));
        }
        return due.toSorted(byAge);
      });
    },

    parkPayouts(parked, untilMs) {
      return database.write(function* (tx) {
        for (const [reason, payoutIds] of byReason(parked)) {
          const wallets = yield* tx.all<WalletRecord>(selectWalletsOf, toList(payoutIds));
          for (const { wallet, asset } of wallets) {
            yield* tx.post(park, untilMs, reason, wallet, asset);
          }
        }
      });
    },

    unparkPayouts(nowMs) {
      return database.write(function* (tx) {
        yield* tx.post(unpark, nowMs);
      });
    },

    holdPayouts(holds, events) {
      return database.write(function* (tx) {
        for (const { payoutId, reason } of holds) yield* tx.post(hold, reason, payoutId);
        yield* appendEventsIn(tx, events);
      });
    },

    releasePayout(payoutId, events) {
      return database.write(function* (tx) {
        const changes = yield* tx.run(
          `UPDATE payouts SET state = 'due', hold_reason = NULL, signature = NULL
           WHERE payout_id = ? AND state = 'held'`,
          payoutId,
        );
        if (changes === 0) return false;
        yield* appendEventsIn(tx, events);
        return true;
      });
    },

    cancelPayout({ payoutId, transfers, events, nowMs }) {
      return database.write(function* (tx) {
        const changes = yield* tx.run(
          `UPDATE payouts SET state = 'cancelled', wait_reason = NULL, parked_until_ms = NULL
           WHERE payout_id = ? AND state IN ('due', 'held')`,
          payoutId,
        );
        if (changes === 0) return null;
        // A refund's deposit waits for its owner again.
        yield* tx.post(
          `UPDATE deposits SET state = 'suspense', payout_id = NULL WHERE payout_id = ?`,
          payoutId,
        );
        yield* postTransfersIn(tx, transfers, nowMs);
        yield* appendEventsIn(tx, events);
        return (yield* selectPayouts(tx, 'WHERE payout_id = ?', [payoutId]))[0] ?? null;
      });
    },
  };
}

interface WalletRecord {
  wallet: string;
  asset: string;
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
