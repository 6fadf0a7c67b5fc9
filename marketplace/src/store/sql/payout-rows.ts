import type { Asset, BaseUnits } from '@node3/shared/money';
import type { PayoutKind, PayoutState } from '@node3/shared/settlement-state';
import type { AttemptRow, BatchRow, NewAttempt, PayoutRow } from '../payout-store.ts';
import { inTexts } from './codec.ts';
import type { Tx, Work } from './work.ts';

interface PayoutRecord {
  payout_id: string;
  kind: string;
  ledger_account: string;
  job_id: string | null;
  execution_id: string | null;
  agent_id: string | null;
  account_id: string | null;
  wallet: string;
  asset: string;
  amount: bigint;
  state: string;
  batch_id: string | null;
  signature: string | null;
  hold_reason: string | null;
  wait_reason: string | null;
  due_at_ms: bigint;
  created_at_ms: bigint;
  finalized_at_ms: bigint | null;
}

interface AttemptRecord {
  signature: string;
  batch_id: string | null;
  kind: string;
  attempt: bigint;
  raw: Buffer;
  last_valid_block_height: bigint;
  receipt_rent: bigint;
  outcome: string | null;
  created_at_ms: bigint;
}

interface BatchRecord {
  batch_id: string;
  asset: string;
  receipt_seed: string;
  receipt_address: string;
  state: string;
  cost_lamports: bigint;
  receipt_rent: bigint | null;
  created_at_ms: bigint;
  settled_at_ms: bigint | null;
}

type Value = string | number | bigint | null;

/** `where` is one of this package's own literals; values travel as parameters. */
export function* selectPayouts(tx: Tx, where: string, values: readonly Value[]): Work<PayoutRow[]> {
  const sql = `SELECT * FROM payouts ${where}`;
  return (yield* tx.all<PayoutRecord>(sql, ...values)).map(toPayout);
}

export function* selectAttempts(
  tx: Tx,
  where: string,
  values: readonly Value[],
): Work<AttemptRow[]> {
  const sql = `SELECT * FROM payout_attempts ${where}`;
  return (yield* tx.all<AttemptRecord>(sql, ...values)).map(toAttempt);
}

/** Batches with their payouts and attempts: three queries, however many batches there are. */
export function* selectBatches(tx: Tx, where: string, values: readonly Value[]): Work<BatchRow[]> {
  const records = yield* tx.all<BatchRecord>(`SELECT * FROM payout_batches ${where}`, ...values);
  if (records.length === 0) return [];
  const ids = JSON.stringify(records.map((record) => record.batch_id));
  const ofBatches = `WHERE batch_id ${inTexts}`;
  const payouts = yield* selectPayouts(tx, `${ofBatches} ORDER BY payout_id`, [ids]);
  const attempts = yield* selectAttempts(tx, `${ofBatches} ORDER BY created_at_ms, attempt`, [ids]);
  return records.map((record) => ({
    batchId: record.batch_id,
    asset: record.asset as Asset,
    receiptSeed: record.receipt_seed,
    receiptAddress: record.receipt_address,
    state: record.state as BatchRow['state'],
    costLamports: record.cost_lamports as BaseUnits,
    receiptRent: record.receipt_rent as BaseUnits | null,
    createdAtMs: Number(record.created_at_ms),
    settledAtMs: toNumber(record.settled_at_ms),
    payouts: payouts.filter((payout) => payout.batchId === record.batch_id),
    attempts: attempts.filter((attempt) => attempt.batchId === record.batch_id),
  }));
}

export function* insertAttemptIn(tx: Tx, attempt: NewAttempt): Work<void> {
  yield* tx.post(
    `INSERT INTO payout_attempts (signature, batch_id, kind, attempt, raw,
       last_valid_block_height, receipt_rent, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    attempt.signature,
    attempt.batchId,
    attempt.kind,
    attempt.attempt,
    Buffer.from(attempt.raw),
    attempt.lastValidBlockHeight,
    attempt.receiptRent,
    attempt.createdAtMs,
  );
}

export function* setOutcomesIn(
  tx: Tx,
  outcomes: readonly { signature: string; outcome: string }[],
): Work<void> {
  for (const { signature, outcome } of outcomes) {
    yield* tx.post(
      'UPDATE payout_attempts SET outcome = ? WHERE signature = ? AND outcome IS NULL',
      outcome,
      signature,
    );
  }
}

function toPayout(record: PayoutRecord): PayoutRow {
  return {
    payoutId: record.payout_id,
    kind: record.kind as PayoutKind,
    ledgerAccount: record.ledger_account,
    jobId: record.job_id,
    executionId: record.execution_id,
    agentId: record.agent_id,
    accountId: record.account_id,
    wallet: record.wallet,
    asset: record.asset as Asset,
    amount: record.amount as BaseUnits,
    state: record.state as PayoutState,
    batchId: record.batch_id,
    signature: record.signature,
    holdReason: record.hold_reason,
    waitReason: record.wait_reason,
    dueAtMs: Number(record.due_at_ms),
    createdAtMs: Number(record.created_at_ms),
    finalizedAtMs: toNumber(record.finalized_at_ms),
  };
}

function toAttempt(record: AttemptRecord): AttemptRow {
  return {
    signature: record.signature,
    batchId: record.batch_id,
    kind: record.kind as AttemptRow['kind'],
    attempt: Number(record.attempt),
    raw: new Uint8Array(record.raw),
    lastValidBlockHeight: Number(record.last_valid_block_height),
    receiptRent: record.receipt_rent as BaseUnits,
    outcome: record.outcome as AttemptRow['outcome'],
    createdAtMs: Number(record.created_at_ms),
  };
}

function toNumber(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}
