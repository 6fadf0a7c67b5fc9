import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import type Database from 'better-sqlite3';
import type { PayoutRow } from '../payout-store.ts';
import type { WithdrawalRequest, WithdrawalStore } from '../withdrawal-store.ts';
import { appendEventsIn } from './old-style.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { postTransfersIn } from './sqlite-ledger.ts';
import { selectPayouts } from './sqlite-payout-rows.ts';
import { insertPayoutIn } from './sqlite-payout-store.ts';
import { statement } from './statement.ts';

const dayMs = 86_400_000;
const selectRequest =
  'SELECT request_hash, payout_id FROM withdrawal_requests WHERE account_id = ? AND key = ?';
const insertRequest =
  'INSERT INTO withdrawal_requests (account_id, key, request_hash, payout_id) VALUES (?, ?, ?, ?)';
/** When the last withdrawal but so many was asked for. */
const selectEarlier = `
  SELECT created_at_ms FROM payouts WHERE account_id = ? AND kind = 'withdrawal'
  ORDER BY payout_id DESC LIMIT 1 OFFSET ?`;
const page = `WHERE account_id = ? AND kind = 'withdrawal' AND payout_id < ?
  ORDER BY payout_id DESC LIMIT ?`;
const refundDeposit = `
  UPDATE deposits SET state = 'refunding', payout_id = ?
  WHERE signature = ? AND asset = ? AND state = 'suspense'`;

/** The WithdrawalStore on SQLite. */
export function createSqliteWithdrawalStore(sqlite: SqliteDatabase): WithdrawalStore {
  return {
    requestWithdrawal(request) {
      return sqlite.write((db) => {
        const earlier = requestedBefore(db, request);
        if (earlier !== null) return { payout: earlier, replayed: true };
        assertDailyLimit(db, request);
        const { accountId, payout, idempotency, nowMs } = request;
        postTransfersIn(db, [request.transfer], nowMs);
        insertPayoutIn(db, payout, accountId, nowMs);
        if (idempotency !== null) {
          const { key, requestHash } = idempotency;
          statement(db, insertRequest).run(accountId, key, requestHash, payout.payoutId);
        }
        appendEventsIn(sqlite, db, [request.event]);
        return { payout: payoutIn(db, payout.payoutId), replayed: false };
      });
    },

    async listWithdrawals({ accountId, beforePayoutId, limit }) {
      const values = [accountId, beforePayoutId ?? '~', limit];
      return sqlite.read((db) => selectPayouts(db, page, values));
    },

    startRefunds(signature, refunds, nowMs) {
      return sqlite.write((db) => {
        for (const { payout, transfer, event } of refunds) {
          insertPayoutIn(db, payout, null, nowMs);
          const { changes } = statement(db, refundDeposit).run(
            payout.payoutId,
            signature,
            payout.asset,
          );
          if (changes === 0) throw new MarketError('DEPOSIT_STATE_INVALID', { signature });
          postTransfersIn(db, [transfer], nowMs);
          appendEventsIn(sqlite, db, [event]);
        }
      });
    },
  };
}

function requestedBefore(
  db: Database.Database,
  { accountId, idempotency }: WithdrawalRequest,
): PayoutRow | null {
  if (idempotency === null) return null;
  const stored = statement<{ request_hash: string; payout_id: string }>(db, selectRequest).get(
    accountId,
    idempotency.key,
  );
  if (stored === undefined) return null;
  if (stored.request_hash !== idempotency.requestHash) {
    throw new MarketError('IDEMPOTENCY_MISMATCH');
  }
  return payoutIn(db, stored.payout_id);
}

function assertDailyLimit(db: Database.Database, request: WithdrawalRequest): void {
  const { accountId, perDayMax, nowMs } = request;
  const earlier = statement<{ created_at_ms: bigint }>(db, selectEarlier).get(
    accountId,
    perDayMax - 1,
  );
  if (earlier === undefined || Number(earlier.created_at_ms) <= nowMs - dayMs) return;
  const detail = `An account may ask for ${perDayMax} withdrawals a day. Take out more at a time.`;
  throw new MarketError('RATE_LIMITED', { detail });
}

function payoutIn(db: Database.Database, payoutId: string): PayoutRow {
  const payout = selectPayouts(db, 'WHERE payout_id = ?', [payoutId])[0];
  assert(payout !== undefined, `payout ${payoutId} is stored`);
  return payout;
}
