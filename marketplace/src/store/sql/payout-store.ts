import { assert } from '@node3/shared/assert';
import { payoutTransitions } from '@node3/shared/settlement-state';
import { assertTransition } from '@node3/shared/state-machine';
import type {
  BatchChange,
  NewAttempt,
  NewBatch,
  PayoutChange,
  PayoutStore,
} from '../payout-store.ts';
import type { NewPayout } from '../rows.ts';
import { createChainIdentity } from './chain-identity.ts';
import { inTexts } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { postTransfersIn } from './ledger.ts';
import { createPayoutQueue } from './payout-queue.ts';
import { createPayoutReads } from './payout-reads.ts';
import { createPayoutReclaims } from './payout-reclaims.ts';
import { insertAttemptIn, selectBatches, selectPayouts, setOutcomesIn } from './payout-rows.ts';
import { createPayoutSettlement } from './payout-settlement.ts';
import type { Tx, Work } from './work.ts';

/** Stores a new payout as due, inside a write. `accountId` is the account it concerns. */
export function insertPayoutIn(
  tx: Tx,
  payout: NewPayout,
  accountId: string | null,
  nowMs: number,
): Work<void> {
  return tx.post(
    `INSERT INTO payouts (payout_id, kind, ledger_account, job_id, execution_id, agent_id,
       account_id, wallet, asset, amount, state, due_at_ms, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'due', ?, ?)`,
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

export function createPayoutStore(database: Database): PayoutStore {
  return {
    ...createChainIdentity(database),
    ...createPayoutReads(database),
    ...createPayoutReclaims(database),
    ...createPayoutQueue(database),
    ...createPayoutSettlement(database),

    openBatch(batch, payoutIds, events) {
      return database.write(function* (tx) {
        if (!(yield* takeDuePayouts(tx, batch, payoutIds))) return null;
        yield* appendEventsIn(tx, events);
        return (yield* selectBatches(tx, 'WHERE batch_id = ?', [batch.batchId]))[0] ?? null;
      });
    },

    addAttempt(attempt, events) {
      return database.write(function* (tx) {
        yield* assertTakesAttempt(tx, attempt);
        yield* insertAttemptIn(tx, attempt);
        if (attempt.kind === 'pay') {
          yield* tx.post(
            `UPDATE payout_batches SET state = 'signed' WHERE batch_id = ? AND state = 'new'`,
            attempt.batchId,
          );
          yield* tx.post(
            'UPDATE payouts SET signature = ? WHERE batch_id = ?',
            attempt.signature,
            attempt.batchId,
          );
        }
        yield* appendEventsIn(tx, events);
      });
    },

    changeBatch(change) {
      return database.write(function* (tx) {
        yield* changeBatchIn(tx, change);
        yield* postTransfersIn(tx, change.transfers, change.nowMs);
        yield* appendEventsIn(tx, change.events);
      });
    },
  };
}

/** Nothing may be sent for a batch that another worker has ended meanwhile. */
function* assertTakesAttempt(tx: Tx, { batchId, kind }: NewAttempt): Work<void> {
  const states = kind === 'pay' ? ['new', 'signed', 'sent'] : ['voiding'];
  const found = yield* tx.get<{ state: string }>(
    'SELECT state FROM payout_batches WHERE batch_id = ?',
    batchId,
  );
  assert(
    found !== undefined && states.includes(found.state),
    `batch ${batchId} is not in ${states.join(' or ')}`,
  );
}

function* takeDuePayouts(tx: Tx, batch: NewBatch, payoutIds: readonly string[]): Work<boolean> {
  assert(payoutIds.length > 0, 'a batch has at least one payout');
  const ids = JSON.stringify(payoutIds);
  const due = yield* tx.get<{ count: bigint }>(
    `SELECT count(*) AS count FROM payouts
     WHERE state = 'due' AND asset = ? AND payout_id ${inTexts}`,
    batch.asset,
    ids,
  );
  if (Number(due?.count ?? 0n) !== payoutIds.length) return false;
  yield* tx.post(
    `INSERT INTO payout_batches (batch_id, asset, receipt_seed, receipt_address, state,
       cost_lamports, created_at_ms) VALUES (?, ?, ?, ?, 'new', ?, ?)`,
    batch.batchId,
    batch.asset,
    batch.receiptSeed,
    batch.receiptAddress,
    batch.costLamports,
    batch.createdAtMs,
  );
  yield* tx.post(
    `UPDATE payouts SET state = 'batched', batch_id = ?, hold_reason = NULL, wait_reason = NULL,
       parked_until_ms = NULL
     WHERE payout_id ${inTexts}`,
    batch.batchId,
    ids,
  );
  return true;
}

function* changeBatchIn(tx: Tx, change: BatchChange): Work<void> {
  const { batchId, from, to, nowMs } = change;
  const ended = to === 'posted' || to === 'void';
  const changes = yield* tx.run(
    `UPDATE payout_batches SET state = ?, settled_at_ms = coalesce(?, settled_at_ms),
       receipt_rent = coalesce(?, receipt_rent)
     WHERE batch_id = ? AND state ${inTexts}`,
    to,
    ended ? nowMs : null,
    change.receiptRent ?? null,
    batchId,
    JSON.stringify(from),
  );
  assert(changes === 1, `batch ${batchId} is not in ${from.join(' or ')}`);
  for (const payout of change.payouts) yield* changePayoutIn(tx, batchId, payout, nowMs);
  yield* setOutcomesIn(tx, change.outcomes);
}

function* changePayoutIn(tx: Tx, batchId: string, change: PayoutChange, nowMs: number): Work<void> {
  const current = (yield* selectPayouts(tx, 'WHERE payout_id = ? AND batch_id = ?', [
    change.payoutId,
    batchId,
  ]))[0];
  assert(current !== undefined, `payout ${change.payoutId} is not in batch ${batchId}`);
  if (current.state !== change.state) {
    assertTransition(payoutTransitions, current.state, change.state);
  }
  const leaves = change.state === 'due' || change.state === 'held';
  yield* tx.post(
    `UPDATE payouts SET state = ?, batch_id = ?, signature = ?, hold_reason = ?, finalized_at_ms = ?
     WHERE payout_id = ?`,
    change.state,
    leaves ? null : batchId,
    change.signature === undefined ? current.signature : change.signature,
    change.holdReason === undefined ? current.holdReason : change.holdReason,
    change.state === 'finalized' ? nowMs : null,
    change.payoutId,
  );
}
