import { type BaseUnits, baseUnits } from '@node3/shared/money';
import type Database from 'better-sqlite3';
import type { X402ClaimRow, X402Opening, X402SettlementRow, X402State } from '../x402-store.ts';
import { statement } from './statement.ts';

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

export function x402ByMessageIn(
  db: Database.Database,
  messageHash: string,
): X402SettlementRow | null {
  return toSettlement(statement<SettlementRecord>(db, selectByMessage).get(messageHash));
}

export function x402BySignatureIn(
  db: Database.Database,
  signature: string,
): X402SettlementRow | null {
  return toSettlement(statement<SettlementRecord>(db, selectBySignature).get(signature));
}

/** The payer's payment of this id; one that failed has given it up. */
export function x402ByIdIn(
  db: Database.Database,
  payer: string,
  paymentId: string,
): X402SettlementRow | null {
  return toSettlement(statement<SettlementRecord>(db, selectById).get(payer, paymentId));
}

export function unsettledX402In(
  db: Database.Database,
  expiredSinceMs: number,
  limit: number,
): X402SettlementRow[] {
  const open = statement<SettlementRecord>(db, selectOpen).all(limit);
  const expired = statement<SettlementRecord>(db, selectExpired).all(expiredSinceMs, limit);
  return [...open, ...expired].slice(0, limit).flatMap((record) => toSettlement(record) ?? []);
}

export function insertX402In(db: Database.Database, opening: X402Opening): void {
  statement(db, insert).run(
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

export function x402FeesSinceIn(db: Database.Database, sinceMs: number): BaseUnits {
  const sum = statement<{ lamports: bigint | null }>(db, sumFees).get(sinceMs);
  return baseUnits(sum?.lamports ?? 0n);
}

export function x402ClaimIn(db: Database.Database, signature: string): X402ClaimRow | null {
  const record = statement<ClaimRecord>(db, selectClaim).get(signature);
  return record === undefined ? null : toClaim(record);
}

export function x402ClaimOfJobIn(db: Database.Database, jobId: string): X402ClaimRow | null {
  const record = statement<ClaimRecord>(db, selectClaimOfJob).get(jobId);
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
