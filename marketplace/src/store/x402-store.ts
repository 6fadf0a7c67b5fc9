import type { NewEvent } from '@node3/shared/events';
import type { BaseUnits } from '@node3/shared/money';
import type { JobPosting } from './job-store.ts';
import type { AccountRow, JobRow, Transfer } from './rows.ts';

/** Payments that a payer signed and we send: each one settles at most once and makes one job. */
export interface X402Store {
  /**
   * Stores a payment with our signature, before its first byte is sent. A message that is stored
   * already answers its row. Rejects with PAYMENT_CONFLICT when the payer used the payment id for
   * another payment, with PAYMENT_UNAVAILABLE when fees would go beyond the budget.
   */
  openX402Settlement(opening: X402Opening, budget: X402FeeBudget): Promise<X402SettlementRow>;
  /** By the hash of the signed message. */
  x402SettlementOf(messageHash: string): Promise<X402SettlementRow | null>;
  /** By the transaction's signature: tells that an inflow of the treasury is one of these. */
  x402Settlement(signature: string): Promise<X402SettlementRow | null>;
  /** The payment that a payer made under this payment id, unless it failed. */
  x402SettlementById(payer: string, paymentId: string): Promise<X402SettlementRow | null>;
  /** Payments whose fate is open, and those that expired after `expiredSinceMs`; oldest first. */
  unsettledX402(expiredSinceMs: number, limit: number): Promise<X402SettlementRow[]>;
  /**
   * Credits a confirmed payment to the account of its payer, which is opened or found, and posts the
   * job it was made for, all or nothing. Done before: the account and job of the first time.
   */
  fulfilX402(fulfilment: X402Fulfilment): Promise<X402Fulfilled>;
  /** Ends a payment, with what its end moves in the ledger. An ended one stays as it is. */
  endX402Settlement(ending: X402Ending): Promise<void>;
  /** The job that this payment made, or null. */
  x402Claim(signature: string): Promise<X402ClaimRow | null>;
  /** The payment that made this job, or null. */
  x402ClaimOfJob(jobId: string): Promise<X402ClaimRow | null>;
}

/**
 * `pending`: stored, perhaps sent. `confirmed`: credited. `finalized`: in the treasury for good.
 * `failed`: refused by the chain. `expired`: can no longer land, and did not. `reverted`: was
 * confirmed and credited, and the cluster took it back.
 */
export type X402State = 'pending' | 'confirmed' | 'finalized' | 'failed' | 'expired' | 'reverted';

export interface X402Opening {
  /** SHA-256 of the message, hex. */
  messageHash: string;
  signature: string;
  /** The serialized transaction with all signatures: only these bytes are ever sent. */
  raw: Uint8Array;
  /** After this block height it can't land any more, with room for nodes that are behind. */
  lastValidBlockHeight: number;
  payer: string;
  /** micro-USDC. */
  amount: BaseUnits;
  /** SHA-256 of the canonical body that was paid for. */
  requestHash: string;
  /** The client's own id of this payment; null without. */
  paymentId: string | null;
  /** The most the network can charge us for it, lamports. */
  feeLamportsMax: BaseUnits;
  nowMs: number;
}

export interface X402SettlementRow extends Omit<X402Opening, 'nowMs'> {
  state: X402State;
  /** Why it failed, in a word; null while it did not. */
  reason: string | null;
  createdAtMs: number;
}

export interface X402FeeBudget {
  lamportsMax: BaseUnits;
  /** Fees of payments signed after this time count. */
  sinceMs: number;
}

export interface X402Fulfilment {
  signature: string;
  /** Id of the payer's account should it not have one yet. */
  accountId: string;
  /** The job to post for the account; null only credits. */
  post: ((accountId: string) => JobPosting) | null;
  nowMs: number;
}

export interface X402Fulfilled {
  account: AccountRow;
  /** null when only the credit was asked for and no job exists. */
  job: JobRow | null;
  replayed: boolean;
}

export interface X402Ending {
  signature: string;
  state: 'finalized' | 'failed' | 'expired' | 'reverted';
  reason: string | null;
  transfers: Transfer[];
  events: NewEvent[];
  nowMs: number;
}

export interface X402ClaimRow {
  signature: string;
  jobId: string;
  requestHash: string;
  createdAtMs: number;
}
