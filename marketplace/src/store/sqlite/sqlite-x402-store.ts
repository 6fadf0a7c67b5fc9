import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import type Database from 'better-sqlite3';
import { userAvailable, x402Inbound } from '../../domain/ledger-accounts.ts';
import type { AccountRow, JobRow } from '../rows.ts';
import type {
  X402Ending,
  X402FeeBudget,
  X402Fulfilled,
  X402Fulfilment,
  X402Opening,
  X402SettlementRow,
  X402State,
  X402Store,
} from '../x402-store.ts';
import { appendEventsIn } from './old-style.ts';
import { openAccountIn } from './sqlite-account-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { postJobIn } from './sqlite-job-posting.ts';
import { jobIn } from './sqlite-job-reads.ts';
import { postTransfersIn } from './sqlite-ledger.ts';
import {
  insertX402In,
  unsettledX402In,
  x402ByIdIn,
  x402ByMessageIn,
  x402BySignatureIn,
  x402ClaimIn,
  x402ClaimOfJobIn,
  x402FeesSinceIn,
} from './sqlite-x402-rows.ts';
import { statement } from './statement.ts';

const setState = 'UPDATE x402_settlements SET state = ?, reason = ? WHERE signature = ?';
// While it counted as expired, its payer may have used the payment id for another one.
const giveUpId = 'UPDATE x402_settlements SET payment_id = NULL WHERE signature = ?';
const insertClaim = `
  INSERT INTO x402_claims (signature, job_id, request_hash, created_at_ms) VALUES (?, ?, ?, ?)`;
const insertOwnSignature = `
  INSERT INTO treasury_signatures (signature, purpose, created_at_ms) VALUES (?, 'x402', ?)
  ON CONFLICT (signature) DO NOTHING`;

export function createSqliteX402Store(sqlite: SqliteDatabase): X402Store {
  return {
    openX402Settlement(opening, budget) {
      return sqlite.write((db) => openIn(db, opening, budget));
    },
    async x402SettlementOf(messageHash) {
      return sqlite.read((db) => x402ByMessageIn(db, messageHash));
    },
    async x402Settlement(signature) {
      return sqlite.read((db) => x402BySignatureIn(db, signature));
    },
    async x402SettlementById(payer, paymentId) {
      return sqlite.read((db) => x402ByIdIn(db, payer, paymentId));
    },
    async unsettledX402(expiredSinceMs, limit) {
      return sqlite.read((db) => unsettledX402In(db, expiredSinceMs, limit));
    },
    fulfilX402(fulfilment) {
      return sqlite.write((db) => fulfilIn(sqlite, db, fulfilment));
    },
    endX402Settlement(ending) {
      return sqlite.write((db) => endIn(sqlite, db, ending));
    },
    async x402Claim(signature) {
      return sqlite.read((db) => x402ClaimIn(db, signature));
    },
    async x402ClaimOfJob(jobId) {
      return sqlite.read((db) => x402ClaimOfJobIn(db, jobId));
    },
  };
}

function openIn(
  db: Database.Database,
  opening: X402Opening,
  budget: X402FeeBudget,
): X402SettlementRow {
  const { messageHash, payer, paymentId, signature, nowMs } = opening;
  const stored = x402ByMessageIn(db, messageHash);
  if (stored !== null) return stored;
  const sameId = paymentId === null ? null : x402ByIdIn(db, payer, paymentId);
  if (sameId !== null) throw new MarketError('PAYMENT_CONFLICT');
  const spent = x402FeesSinceIn(db, budget.sinceMs);
  if (spent + opening.feeLamportsMax > budget.lamportsMax) {
    const detail = 'The network fees that x402 payments may cost us a day are spent.';
    throw new MarketError('PAYMENT_UNAVAILABLE', { detail });
  }
  insertX402In(db, opening);
  // In the same commit: a treasury signature that the database doesn't know halts all payouts.
  statement(db, insertOwnSignature).run(signature, nowMs);
  return settlementIn(db, signature);
}

function fulfilIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  { signature, accountId, post, nowMs }: X402Fulfilment,
): X402Fulfilled {
  const settlement = settlementIn(db, signature);
  const wallet = settlement.payer;
  const opening = { accountId, wallet, name: null, key: null, nowMs };
  const { account } = openAccountIn(sqlite, db, opening);
  if (settlement.state === 'pending' || settlement.state === 'expired') {
    moveIn(db, settlement, 'confirmed', null);
    creditIn(sqlite, db, settlement, account, nowMs);
  }
  const credited = ['pending', 'expired', 'confirmed', 'finalized'].includes(settlement.state);
  assert(credited, `payment ${signature} is ${settlement.state}`);
  const claim = x402ClaimIn(db, signature);
  if (claim !== null) return { account, job: claimedJobIn(db, claim.jobId), replayed: true };
  if (post === null) return { account, job: null, replayed: false };
  const { job, replayed } = postJobIn(sqlite, db, post(account.accountId));
  if (!replayed) {
    statement(db, insertClaim).run(signature, job.jobId, settlement.requestHash, nowMs);
  }
  return { account, job, replayed };
}

function creditIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  { signature, amount }: X402SettlementRow,
  { accountId }: AccountRow,
  nowMs: number,
): void {
  const credit = {
    transferId: `x402:${signature}`,
    debit: x402Inbound,
    credit: userAvailable(accountId),
    asset: 'USDC',
    amount,
    kind: 'deposit',
    ref: signature,
  } as const;
  postTransfersIn(db, [credit], nowMs);
  appendEventsIn(sqlite, db, [
    {
      name: 'deposit.credited',
      atMs: nowMs,
      actor: 'requester',
      accountId,
      jobId: null,
      executionId: null,
      reason: null,
      data: { signature, asset: 'USDC', amount: String(amount), via: 'x402' },
    },
  ]);
}

const endsFrom: Record<X402Ending['state'], readonly X402State[]> = {
  finalized: ['confirmed'],
  failed: ['pending', 'expired'],
  expired: ['pending'],
  reverted: ['confirmed'],
};

function endIn(sqlite: SqliteDatabase, db: Database.Database, ending: X402Ending): void {
  const settlement = settlementIn(db, ending.signature);
  if (settlement.state === ending.state) return;
  const { signature, state } = settlement;
  assert(endsFrom[ending.state].includes(state), `payment ${signature} is ${state}`);
  moveIn(db, settlement, ending.state, ending.reason);
  postTransfersIn(db, ending.transfers, ending.nowMs);
  appendEventsIn(sqlite, db, ending.events);
}

function moveIn(
  db: Database.Database,
  settlement: X402SettlementRow,
  state: X402State,
  reason: string | null,
): void {
  const { signature } = settlement;
  if (settlement.state === 'expired') statement(db, giveUpId).run(signature);
  statement(db, setState).run(state, reason, signature);
}

function settlementIn(db: Database.Database, signature: string): X402SettlementRow {
  const settlement = x402BySignatureIn(db, signature);
  assert(settlement !== null, `payment ${signature} is stored`);
  return settlement;
}

function claimedJobIn(db: Database.Database, jobId: string): JobRow {
  const job = jobIn(db, jobId);
  assert(job !== null, 'a claim names a stored job');
  return job;
}
