import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
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
import { openAccountIn } from './account-store.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { postJobIn } from './job-posting.ts';
import { jobIn } from './job-reads.ts';
import { postTransfersIn } from './ledger.ts';
import type { Tx, Work } from './work.ts';
import {
  insertX402In,
  unsettledX402In,
  x402ByIdIn,
  x402ByMessageIn,
  x402BySignatureIn,
  x402ClaimIn,
  x402ClaimOfJobIn,
  x402FeesSinceIn,
} from './x402-rows.ts';

const setState = 'UPDATE x402_settlements SET state = ?, reason = ? WHERE signature = ?';
// While it counted as expired, its payer may have used the payment id for another one.
const giveUpId = 'UPDATE x402_settlements SET payment_id = NULL WHERE signature = ?';
const insertClaim = `
  INSERT INTO x402_claims (signature, job_id, request_hash, created_at_ms) VALUES (?, ?, ?, ?)`;
const insertOwnSignature = `
  INSERT INTO treasury_signatures (signature, purpose, created_at_ms) VALUES (?, 'x402', ?)
  ON CONFLICT (signature) DO NOTHING`;

export function createX402Store(database: Database): X402Store {
  return {
    openX402Settlement(opening, budget) {
      return database.write((tx) => openIn(tx, opening, budget));
    },
    x402SettlementOf(messageHash) {
      return database.read((tx) => x402ByMessageIn(tx, messageHash));
    },
    x402Settlement(signature) {
      return database.read((tx) => x402BySignatureIn(tx, signature));
    },
    x402SettlementById(payer, paymentId) {
      return database.read((tx) => x402ByIdIn(tx, payer, paymentId));
    },
    unsettledX402(expiredSinceMs, limit) {
      return database.read((tx) => unsettledX402In(tx, expiredSinceMs, limit));
    },
    fulfilX402(fulfilment) {
      return database.write((tx) => fulfilIn(tx, fulfilment));
    },
    endX402Settlement(ending) {
      return database.write((tx) => endIn(tx, ending));
    },
    x402Claim(signature) {
      return database.read((tx) => x402ClaimIn(tx, signature));
    },
    x402ClaimOfJob(jobId) {
      return database.read((tx) => x402ClaimOfJobIn(tx, jobId));
    },
  };
}

function* openIn(tx: Tx, opening: X402Opening, budget: X402FeeBudget): Work<X402SettlementRow> {
  const { messageHash, payer, paymentId, signature, nowMs } = opening;
  const stored = yield* x402ByMessageIn(tx, messageHash);
  if (stored !== null) return stored;
  const sameId = paymentId === null ? null : yield* x402ByIdIn(tx, payer, paymentId);
  if (sameId !== null) throw new MarketError('PAYMENT_CONFLICT');
  const spent = yield* x402FeesSinceIn(tx, budget.sinceMs);
  if (spent + opening.feeLamportsMax > budget.lamportsMax) {
    const detail = 'The network fees that x402 payments may cost us a day are spent.';
    throw new MarketError('PAYMENT_UNAVAILABLE', { detail });
  }
  yield* insertX402In(tx, opening);
  // In the same commit: a treasury signature that the database doesn't know halts all payouts.
  yield* tx.post(insertOwnSignature, signature, nowMs);
  return yield* settlementIn(tx, signature);
}

function* fulfilIn(
  tx: Tx,
  { signature, accountId, post, nowMs }: X402Fulfilment,
): Work<X402Fulfilled> {
  const settlement = yield* settlementIn(tx, signature);
  const wallet = settlement.payer;
  const opening = { accountId, wallet, name: null, key: null, nowMs };
  const { account } = yield* openAccountIn(tx, opening);
  if (settlement.state === 'pending' || settlement.state === 'expired') {
    yield* moveIn(tx, settlement, 'confirmed', null);
    yield* creditIn(tx, settlement, account, nowMs);
  }
  const credited = ['pending', 'expired', 'confirmed', 'finalized'].includes(settlement.state);
  assert(credited, `payment ${signature} is ${settlement.state}`);
  const claim = yield* x402ClaimIn(tx, signature);
  if (claim !== null) return { account, job: yield* claimedJobIn(tx, claim.jobId), replayed: true };
  if (post === null) return { account, job: null, replayed: false };
  const { job, replayed } = yield* postJobIn(tx, post(account.accountId));
  if (!replayed) {
    yield* tx.post(insertClaim, signature, job.jobId, settlement.requestHash, nowMs);
  }
  return { account, job, replayed };
}

function* creditIn(
  tx: Tx,
  { signature, amount }: X402SettlementRow,
  { accountId }: AccountRow,
  nowMs: number,
): Work<void> {
  const credit = {
    transferId: `x402:${signature}`,
    debit: x402Inbound,
    credit: userAvailable(accountId),
    asset: 'USDC',
    amount,
    kind: 'deposit',
    ref: signature,
  } as const;
  yield* postTransfersIn(tx, [credit], nowMs);
  yield* appendEventsIn(tx, [
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

function* endIn(tx: Tx, ending: X402Ending): Work<void> {
  const settlement = yield* settlementIn(tx, ending.signature);
  if (settlement.state === ending.state) return;
  const { signature, state } = settlement;
  assert(endsFrom[ending.state].includes(state), `payment ${signature} is ${state}`);
  yield* moveIn(tx, settlement, ending.state, ending.reason);
  yield* postTransfersIn(tx, ending.transfers, ending.nowMs);
  yield* appendEventsIn(tx, ending.events);
}

function* moveIn(
  tx: Tx,
  settlement: X402SettlementRow,
  state: X402State,
  reason: string | null,
): Work<void> {
  const { signature } = settlement;
  if (settlement.state === 'expired') yield* tx.post(giveUpId, signature);
  yield* tx.post(setState, state, reason, signature);
}

function* settlementIn(tx: Tx, signature: string): Work<X402SettlementRow> {
  const settlement = yield* x402BySignatureIn(tx, signature);
  assert(settlement !== null, `payment ${signature} is stored`);
  return settlement;
}

function* claimedJobIn(tx: Tx, jobId: string): Work<JobRow> {
  const job = yield* jobIn(tx, jobId);
  assert(job !== null, 'a claim names a stored job');
  return job;
}
