import { type BaseUnits, baseUnits } from '@node3/shared/money';
import type { X402ClaimRow, X402Opening, X402SettlementRow, X402State } from '../x402-store.ts';
import type { Tx, Work } from './work.ts';

interface SettlementRecord {
  message_hash: string;
  signature: string;
  raw: Buffer;
  last_valid_block_height: bigint;
  payer: string;
  amount: bigint;
  request_hash: string;
  payment_id: string | null;
  fee_lamports_max: bigint;
  state: X402State;
  reason: string | null;
  created_at_ms: bigint;
}

interface ClaimRecord {
  signature: string;
  job_id: string;
  request_hash: string;
  created_at_ms: bigint;
}

const select = 'SELECT * FROM x402_settlements';
const selectByMessage = `${select} WHERE message_hash = ?`;
const selectBySignature = `${select} WHERE signature = ?`;
const selectById = `${select} WHERE payer = ? AND payment_id = ?
  AND payment_id IS NOT NULL AND state NOT IN ('failed', 'expired')`;
const selectOpen = `${select} WHERE state IN ('pending', 'confirmed') ORDER BY created_at_ms LIMIT ?`;
const selectExpired = `${select} WHERE state = 'expired' AND created_at_ms > ?
  ORDER BY created_at_ms LIMIT ?`;
const insert = `
  INSERT INTO x402_settlements (message_hash, signature, raw, last_valid_block_height, payer, amount,
    request_hash, payment_id, fee_lamports_max, state, created_at_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?)`;
// What never landed cost nothing.
const sumFees =
  "SELECT sum(fee_lamports_max) AS lamports FROM x402_settlements WHERE created_at_ms > ? AND state <> 'expired'";
const selectClaim = 'SELECT * FROM x402_claims WHERE signature = ?';
const selectClaimOfJob = 'SELECT * FROM x402_claims WHERE job_id = ?';

export function* x402ByMessageIn(tx: Tx, messageHash: string): Work<X402SettlementRow | null> {
  return toSettlement(yield* tx.get<SettlementRecord>(selectByMessage, messageHash));
}

export function* x402BySignatureIn(tx: Tx, signature: string): Work<X402SettlementRow | null> {
  return toSettlement(yield* tx.get<SettlementRecord>(selectBySignature, signature));
}

/** The payer's payment of this id; one that failed has given it up. */
export function* x402ByIdIn(
  tx: Tx,
  payer: string,
  paymentId: string,
): Work<X402SettlementRow | null> {
  return toSettlement(yield* tx.get<SettlementRecord>(selectById, payer, paymentId));
}

export function* unsettledX402In(
  tx: Tx,
  expiredSinceMs: number,
  limit: number,
): Work<X402SettlementRow[]> {
  const open = yield* tx.all<SettlementRecord>(selectOpen, limit);
  const expired = yield* tx.all<SettlementRecord>(selectExpired, expiredSinceMs, limit);
  return [...open, ...expired].slice(0, limit).flatMap((record) => toSettlement(record) ?? []);
}

export function* insertX402In(tx: Tx, opening: X402Opening): Work<void> {
  yield* tx.post(
    insert,
    opening.messageHash,
    opening.signature,
    opening.raw,
    opening.lastValidBlockHeight,
    opening.payer,
    opening.amount,
    opening.requestHash,
    opening.paymentId,
    opening.feeLamportsMax,
    opening.nowMs,
  );
}

export function* x402FeesSinceIn(tx: Tx, sinceMs: number): Work<BaseUnits> {
  const sum = yield* tx.get<{ lamports: bigint | null }>(sumFees, sinceMs);
  return baseUnits(sum?.lamports ?? 0n);
}

export function* x402ClaimIn(tx: Tx, signature: string): Work<X402ClaimRow | null> {
  const record = yield* tx.get<ClaimRecord>(selectClaim, signature);
  return record === undefined ? null : toClaim(record);
}

export function* x402ClaimOfJobIn(tx: Tx, jobId: string): Work<X402ClaimRow | null> {
  const record = yield* tx.get<ClaimRecord>(selectClaimOfJob, jobId);
  return record === undefined ? null : toClaim(record);
}

function toSettlement(record: SettlementRecord | undefined): X402SettlementRow | null {
  if (record === undefined) return null;
  return {
    messageHash: record.message_hash,
    signature: record.signature,
    raw: record.raw,
    lastValidBlockHeight: Number(record.last_valid_block_height),
    payer: record.payer,
    amount: baseUnits(record.amount),
    requestHash: record.request_hash,
    paymentId: record.payment_id,
    feeLamportsMax: baseUnits(record.fee_lamports_max),
    state: record.state,
    reason: record.reason,
    createdAtMs: Number(record.created_at_ms),
  };
}

function toClaim(record: ClaimRecord): X402ClaimRow {
  return {
    signature: record.signature,
    jobId: record.job_id,
    requestHash: record.request_hash,
    createdAtMs: Number(record.created_at_ms),
  };
}
