import { type BatchState, payoutTransitions } from '@node3/shared/settlement-state';
import { assertTransition } from '@node3/shared/state-machine';
import type { BatchRow, PayoutRow, PayoutSettlement, PayoutStore } from '../payout-store.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { postTransfersIn } from './ledger.ts';
import { insertAttemptIn, selectBatches, selectPayouts, setOutcomesIn } from './payout-rows.ts';
import type { Tx, Work } from './work.ts';

const insertBatch = `
  INSERT INTO payout_batches (batch_id, asset, receipt_seed, receipt_address, state, cost_lamports,
    created_at_ms) VALUES (?, ?, ?, ?, 'sent', ?, ?)`;
const endBatch = `
  UPDATE payout_batches SET state = ?, receipt_rent = ?, settled_at_ms = ? WHERE batch_id = ?`;
const finalize = `
  UPDATE payouts SET state = 'finalized', batch_id = ?, signature = ?, hold_reason = NULL,
    wait_reason = NULL, parked_until_ms = NULL, finalized_at_ms = ?
  WHERE payout_id = ?`;

/** Books what was paid by a transaction that this database did not sign. */
export function createPayoutSettlement(database: Database): Pick<PayoutStore, 'settlePayouts'> {
  return {
    settlePayouts(settlement) {
      return database.write(function* (tx) {
        const { batch, payoutIds } = settlement;
        const known = yield* selectBatches(tx, 'WHERE batch_id = ? OR receipt_address = ?', [
          batch.batchId,
          batch.receiptAddress,
        ]);
        const payouts: PayoutRow[] = [];
        for (const payoutId of payoutIds) {
          payouts.push(...(yield* selectPayouts(tx, 'WHERE payout_id = ?', [payoutId])));
        }
        const [own = null] = known;
        if (!payouts.every((payout) => isUndecided(payout, own))) return 'moved';
        const rest = own?.payouts.filter(({ payoutId }) => !payoutIds.includes(payoutId)) ?? [];
        const isOther = known.length > 1 || (own !== null && !isSame(own, settlement));
        const isTorn = own !== null && isOpen(own.state) && rest.length > 0;
        // A batch pays a wallet in one transfer, and who has a payout in it had all of that.
        const isPaid = rest.some(({ wallet }) =>
          payouts.some((payout) => payout.wallet === wallet),
        );
        if (isOther || isTorn || isPaid) return 'taken';
        yield* settleIn(tx, settlement, own, payouts);
        return 'settled';
      });
    },
  };
}

function* settleIn(
  tx: Tx,
  settlement: PayoutSettlement,
  own: BatchRow | null,
  payouts: readonly PayoutRow[],
): Work<void> {
  const { batch, attempt, nowMs } = settlement;
  const { batchId } = batch;
  if (own === null) {
    const { asset, receiptSeed, receiptAddress, costLamports, createdAtMs } = batch;
    const values = [batchId, asset, receiptSeed, receiptAddress, costLamports, createdAtMs];
    yield* tx.post(insertBatch, ...values);
  }
  const attempts = own?.attempts ?? [];
  if (!attempts.some(({ signature }) => signature === attempt.signature)) {
    // The number may have been given again since.
    const last = Math.max(0, ...attempts.map((other) => other.attempt));
    yield* insertAttemptIn(tx, { ...attempt, attempt: Math.max(attempt.attempt, last + 1) });
  }
  yield* setOutcomesIn(tx, [{ signature: attempt.signature, outcome: 'landed' }]);
  const isBooked = own !== null && (own.state === 'posted' || own.state === 'reclaimed');
  if (!isBooked) {
    const state: BatchState = settlement.isReceiptGone ? 'reclaimed' : 'posted';
    yield* tx.post(endBatch, state, attempt.receiptRent, nowMs, batchId);
    yield* postTransfersIn(tx, settlement.costs, nowMs);
  }
  for (const { payoutId, state } of payouts) {
    assertTransition(payoutTransitions, state, 'finalized');
    yield* tx.post(finalize, batchId, attempt.signature, nowMs, payoutId);
  }
  yield* postTransfersIn(tx, settlement.transfers, nowMs);
  yield* appendEventsIn(tx, settlement.events);
}

function isUndecided(payout: PayoutRow, own: BatchRow | null): boolean {
  if (payout.state === 'held') return true;
  return own !== null && isOpen(own.state) && payout.batchId === own.batchId;
}

function isOpen(state: BatchState): boolean {
  return state === 'new' || state === 'signed' || state === 'sent' || state === 'voiding';
}

function isSame({ batchId, receiptAddress, asset }: BatchRow, { batch }: PayoutSettlement) {
  return (
    batchId === batch.batchId && receiptAddress === batch.receiptAddress && asset === batch.asset
  );
}
