import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import type { PayoutRow } from '../payout-store.ts';
import type { WithdrawalRequest, WithdrawalStore } from '../withdrawal-store.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { postTransfersIn } from './ledger.ts';
import { selectPayouts } from './payout-rows.ts';
import { insertPayoutIn } from './payout-store.ts';
import type { Tx, Work } from './work.ts';

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

export function createWithdrawalStore(database: Database): WithdrawalStore {
  return {
    requestWithdrawal(request) {
      return database.write(function* (tx) {
        const earlier = yield* requestedBefore(tx, request);
        if (earlier !== null) return { payout: earlier, replayed: true };
        yield* assertDailyLimit(tx, request);
        const { accountId, payout, idempotency, nowMs } = request;
        yield* postTransfersIn(tx, [request.transfer], nowMs);
        yield* insertPayoutIn(tx, payout, accountId, nowMs);
        if (idempotency !== null) {
          const { key, requestHash } = idempotency;
          yield* tx.post(insertRequest, accountId, key, requestHash, payout.payoutId);
        }
        yield* appendEventsIn(tx, [request.event]);
        return { payout: yield* payoutIn(tx, payout.payoutId), replayed: false };
      });
    },

    async listWithdrawals({ accountId, beforePayoutId, limit }) {
      const values = [accountId, beforePayoutId ?? '~', limit];
      return database.read((tx) => selectPayouts(tx, page, values));
    },

    startRefunds(signature, refunds, nowMs) {
      return database.write(function* (tx) {
        for (const { payout, transfer, event } of refunds) {
          yield* insertPayoutIn(tx, payout, null, nowMs);
          const changes = yield* tx.run(refundDeposit, payout.payoutId, signature, payout.asset);
          if (changes === 0) throw new MarketError('DEPOSIT_STATE_INVALID', { signature });
          yield* postTransfersIn(tx, [transfer], nowMs);
          yield* appendEventsIn(tx, [event]);
        }
      });
    },
  };
}

function* requestedBefore(
  tx: Tx,
  { accountId, idempotency }: WithdrawalRequest,
): Work<PayoutRow | null> {
  if (idempotency === null) return null;
  const stored = yield* tx.get<{ request_hash: string; payout_id: string }>(
    selectRequest,
    accountId,
    idempotency.key,
  );
  if (stored === undefined) return null;
  if (stored.request_hash !== idempotency.requestHash) {
    throw new MarketError('IDEMPOTENCY_MISMATCH');
  }
  return yield* payoutIn(tx, stored.payout_id);
}

function* assertDailyLimit(tx: Tx, request: WithdrawalRequest): Work<void> {
  const { accountId, perDayMax, nowMs } = request;
  const earlier = yield* tx.get<{ created_at_ms: bigint }>(selectEarlier, accountId, perDayMax - 1);
  if (earlier === undefined || Number(earlier.created_at_ms) <= nowMs - dayMs) return;
  const detail = `An account may ask for ${perDayMax} withdrawals a day. Take out more at a time.`;
  throw new MarketError('RATE_LIMITED', { detail });
}

function* payoutIn(tx: Tx, payoutId: string): Work<PayoutRow> {
  const payout = (yield* selectPayouts(tx, 'WHERE payout_id = ?', [payoutId]))[0];
  assert(payout !== undefined, `payout ${payoutId} is stored`);
  return payout;
}
