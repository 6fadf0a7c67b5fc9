import type { Cluster } from '@node3/shared/cluster';
import type { NewEvent } from '@node3/shared/events';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { AttemptOutcome, BatchState, PayoutState } from '@node3/shared/settlement-state';
import type { NewPayout, Transfer } from './rows.ts';

/** Persistence of the payout engine. Every method is one transaction, on disk when it resolves. */
export interface PayoutStore {
  payout(payoutId: string): Promise<PayoutRow | null>;
  payoutOfExecution(executionId: string): Promise<PayoutRow | null>;
  /** The newest payout of each of these jobs. */
  payoutsOfJobs(jobIds: string[]): Promise<Map<string, PayoutRow>>;
  /** Newest first, of one agent or of all. */
  listPayouts(query: PayoutQuery): Promise<PayoutRow[]>;
  /**
   * Those in a state, newest first. Looks at `scanMax` payouts at most where no index has the state;
   * `scannedTo` is where to go on, and null at the end.
   */
  payoutsInState(search: PayoutSearch): Promise<{ payouts: PayoutRow[]; scannedTo: string | null }>;
  /** What the newest payments since then cost at most, by their estimates. */
  paymentCosts(sinceMs: number, paymentsMax: number): Promise<PaymentCosts>;
  countPayouts(): Promise<Record<PayoutState, number>>;
  /** What all payouts come to that are paid, and that will be. */
  payoutTotals(): Promise<Record<Asset, PayoutSums>>;
  /** The same of one agent since a time. */
  sumPayouts(query: PayoutSumQuery): Promise<Record<Asset, PayoutSums>>;

  /**
   * Payouts that may leave now, oldest first, together with the parked ones of the same wallets:
   * with them a wallet may be owed enough. Of each wallet only as many as one transaction takes.
   */
  duePayouts(query: DueQuery): Promise<PayoutRow[]>;
  /**
   * Lets the wallets of these payouts wait with all that they are owed in that asset, each with its
   * reason, so that those behind them are looked at.
   */
  parkPayouts(parked: PayoutHold[], untilMs: number): Promise<void>;
  /** Ends the waiting of the wallets whose time is over. */
  unparkPayouts(nowMs: number): Promise<void>;
  /** Takes a payout that is due or held out for good and posts where its money goes instead. */
  cancelPayout(cancellation: PayoutCancellation): Promise<PayoutRow | null>;
  /** Takes due payouts out of the queue, each with its reason. Others are left as they are. */
  holdPayouts(holds: PayoutHold[], events: NewEvent[]): Promise<void>;
  /** Puts a held payout back into the queue. False when it is not held. */
  releasePayout(payoutId: string, events: NewEvent[]): Promise<boolean>;
  /**
   * Puts due payouts into a new batch. The receipt seed is stored here, before anything is signed.
   * null when one of them is no longer due.
   */
  openBatch(batch: NewBatch, payoutIds: string[], events: NewEvent[]): Promise<BatchRow | null>;
  /** Batches that are neither posted nor void, oldest first, with payouts and attempts. */
  openBatches(): Promise<BatchRow[]>;
  batch(batchId: string): Promise<BatchRow | null>;
  /**
   * Stores a signed transaction. Must be on disk before its first byte is sent. Of a batch that is
   * past that, it is an assertion failure: a payment of one that is being voided or over, a tombstone
   * of one that is not being voided.
   */
  addAttempt(attempt: NewAttempt, events: NewEvent[]): Promise<void>;
  /**
   * Moves a batch (and its payouts) along its states; posts transfers in the same transaction.
   * A batch that is not in one of the `from` states is an assertion failure and changes nothing.
   */
  changeBatch(change: BatchChange): Promise<void>;

  /**
   * Books payouts that a transaction paid which this database lost, or nothing. The costs of the
   * transaction are booked with the first of its payouts. `moved`: a payout is neither held nor in this
   * batch while it is open. `taken`: what the transaction paid is booked for others.
   */
  settlePayouts(settlement: PayoutSettlement): Promise<'settled' | 'moved' | 'taken'>;

  /** Every signed payment since a time, oldest first, as it was sent: what the caps count. */
  signedSince(sinceMs: number): Promise<SignedPayment[]>;
  /** Records a transaction of the treasury that pays nobody, before it is sent. */
  addTreasurySignature(signature: string, purpose: string, nowMs: number): Promise<void>;
  treasurySignaturesFor(purpose: string): Promise<string[]>;
  /** Those of the given signatures that we signed: any other one by our key means a stale database. */
  ownSignatures(signatures: string[]): Promise<Set<string>>;
  /** Up to which treasury transaction everything is known; null before the first check. */
  payoutCheckpoint(): Promise<PayoutCheckpoint | null>;
  savePayoutCheckpoint(checkpoint: PayoutCheckpoint): Promise<void>;
  /** When this database was restored from a backup whose payouts nobody has compared yet; else null. */
  restoredAtMs(): Promise<number | null>;
  /** The chain was compared: it pays as any other does. */
  acceptRestored(): Promise<void>;

  /**
   * Ties the database to the chain of its first start. @returns that chain, which may be another:
   * then the balances in here are not money of the given one.
   */
  rememberChain(chain: ChainIdentity): Promise<ChainIdentity>;

  /** Attempts of ended batches whose fate is not recorded, oldest first. */
  unresolvedAttempts(limit: number): Promise<LateAttempt[]>;
  /** Records the fate of attempts and posts what they cost. */
  resolveAttempts(resolution: AttemptResolution): Promise<void>;
  /** Posted batches settled before a time, all attempts resolved, receipt not being reclaimed. */
  reclaimableBatches(settledBeforeMs: number, limit: number): Promise<BatchRow[]>;
  /** Stores a signed reclaim transaction and ties the batches to it. */
  openReclaim(attempt: NewAttempt, batchIds: string[]): Promise<void>;
  /** Reclaim transactions that are not resolved, with the batches they empty. */
  openReclaims(): Promise<ReclaimRow[]>;
  /** Ends a reclaim: its batches become reclaimed, or free for another try. */
  closeReclaim(closing: ReclaimClosing): Promise<void>;

  /** The lease that makes one payout worker of many. True when held after the call. */
  holdPayoutLease(owner: string, untilMs: number, nowMs: number): Promise<boolean>;
  releasePayoutLease(owner: string): Promise<void>;
}

export interface PayoutRow extends NewPayout {
  /** The account it concerns: the requester of an earning, the owner of a withdrawal; or none. */
  accountId: string | null;
  state: PayoutState;
  batchId: string | null;
  /** Of the transaction that paid it, or of the newest attempt while unfinished. */
  signature: string | null;
  /** Why it is held; on an unfinished payout, why it will be once its batch is void. */
  holdReason: string | null;
  /** Why it is due and does not leave yet, such as `below_rent`. */
  waitReason: string | null;
  createdAtMs: number;
  finalizedAtMs: number | null;
}

export interface DueQuery {
  asset: Asset;
  limit: number;
  nowMs: number;
}

export interface PayoutCancellation {
  payoutId: string;
  transfers: Transfer[];
  events: NewEvent[];
  nowMs: number;
}

export interface PayoutQuery {
  agentId: string | null;
  beforePayoutId: string | null;
  limit: number;
}

export interface PayoutSearch {
  state: PayoutState;
  beforePayoutId: string | null;
  limit: number;
  scanMax: number;
}

export interface PaymentCosts {
  payments: number;
  lamports: BaseUnits;
  /** The time of the oldest of them; null where there are none. */
  oldestAtMs: number | null;
  /** Of the first payment ever. */
  firstAtMs: number | null;
}

export interface PayoutSumQuery {
  agentId: string;
  sinceMs: number;
}

export interface PayoutSums {
  /** How many are not finalized, those held included. */
  pendingPayouts: number;
  finalized: BaseUnits;
  pending: BaseUnits;
}

export interface SignedPayment {
  raw: Uint8Array;
  createdAtMs: number;
}

export interface PayoutHold {
  payoutId: string;
  reason: string;
}

export interface ChainIdentity {
  /** Hash of the chain's first block. */
  genesisHash: string;
  cluster: Cluster;
}

export interface PayoutCheckpoint {
  /** null when the treasury had no transaction yet. */
  signature: string | null;
  atMs: number;
}

export interface NewBatch {
  batchId: string;
  asset: Asset;
  /** Random; the receipt account's address follows from it and the treasury. */
  receiptSeed: string;
  receiptAddress: string;
  /** Estimate of network fees and rent, lamports; reserved from operator capital while it is open. */
  costLamports: BaseUnits;
  createdAtMs: number;
}

export interface NewAttempt {
  signature: string;
  /** null only for reclaims, which serve several batches. */
  batchId: string | null;
  kind: 'pay' | 'void' | 'reclaim';
  attempt: number;
  /** The serialized transaction: only these bytes are ever sent for this attempt. */
  raw: Uint8Array;
  lastValidBlockHeight: number;
  /** Rent that the receipt account or tombstone takes, lamports. */
  receiptRent: BaseUnits;
  createdAtMs: number;
}

export interface AttemptRow extends NewAttempt {
  outcome: AttemptOutcome | null;
}

/** An attempt whose batch ended by another one. */
export interface LateAttempt extends AttemptRow {
  receiptAddress: string;
  /** The attempt that decided the batch; null when none of them landed. */
  landedSignature: string | null;
}

export interface BatchRow extends NewBatch {
  state: BatchState;
  /** Rent held by the receipt account, lamports; null until the batch is posted. */
  receiptRent: BaseUnits | null;
  settledAtMs: number | null;
  payouts: PayoutRow[];
  attempts: AttemptRow[];
}

export interface BatchChange {
  batchId: string;
  from: BatchState[];
  to: BatchState;
  payouts: PayoutChange[];
  outcomes: { signature: string; outcome: AttemptOutcome }[];
  /** Set when the batch is posted. */
  receiptRent?: BaseUnits;
  transfers: Transfer[];
  events: NewEvent[];
  nowMs: number;
}

export interface PayoutChange {
  payoutId: string;
  state: PayoutState;
  signature?: string | null;
  holdReason?: string | null;
}

export interface PayoutSettlement {
  /** Made anew when the database does not have it. */
  batch: NewBatch;
  attempt: NewAttempt & { batchId: string };
  /** Of each wallet all that the transaction paid. */
  payoutIds: string[];
  /** The receipt's rent went back already. */
  isReceiptGone: boolean;
  /** Of the payouts. */
  transfers: Transfer[];
  /** Of the transaction: fee and rent. */
  costs: Transfer[];
  events: NewEvent[];
  nowMs: number;
}

export interface AttemptResolution {
  outcomes: { signature: string; outcome: AttemptOutcome }[];
  transfers: Transfer[];
  nowMs: number;
}

export interface ReclaimRow {
  attempt: AttemptRow;
  batches: { batchId: string; receiptSeed: string; receiptRent: BaseUnits }[];
}

export interface ReclaimClosing {
  signature: string;
  outcome: AttemptOutcome;
  transfers: Transfer[];
  nowMs: number;
}
