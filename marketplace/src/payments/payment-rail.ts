import type { Asset, BaseUnits } from '@node3/shared/money';
import type { PayoutHold, PayoutRow, SignedPayment } from '../store/payout-store.ts';

/**
 * A way to pay people. Its promise: transfers that are fenced by one receipt happen at most once,
 * whatever the network does, however often they are signed and sent, in whatever order.
 * The engine decides when; the rail knows how.
 */
export interface PaymentRail {
  /** Address that pays. */
  readonly treasury: string;

  /** The fence of a batch. Deterministic, so that it can be stored before anything is signed. */
  receiptAddress(seed: string): string;
  /** Tells the key what it signed before this process had it, so that its caps hold over restarts. */
  recallSigned(signed: readonly SignedPayment[]): void;
  /** Chooses from due payouts, oldest first, what one transaction can pay now. */
  plan(request: PlanRequest): Promise<PayoutPlan>;
  /** Builds and signs, sends nothing. Throws CHAIN_UNAVAILABLE. */
  sign(request: SignRequest): Promise<SignResult>;
  /** Hands the bytes to the network. An answer means nothing, an error means nothing. */
  send(raw: Uint8Array): Promise<void>;
  /** What the network sees now: a hint for users and for pacing, never a verdict. */
  observe(request: ObserveRequest): Promise<Observation>;
  /** How a transaction ended, proven and final; null while that is not known. */
  fate(request: FateRequest): Promise<TransactionFate | null>;
  /**
   * Whether an attempt whose lifetime is over never landed. An endpoint that shows nothing may be
   * blind; only one that shows how the same batch ended, and not this attempt, is a witness.
   */
  isGone(request: GoneRequest): Promise<boolean>;
  /** Transactions that involve the treasury since a known one: the oldest of them, newest first. */
  treasuryHistory(afterSignature: string | null): Promise<TreasuryHistory>;
  /** Whether the treasury itself signed it; null when the network doesn't know it. */
  isSignedByTreasury(signature: string): Promise<boolean | null>;
  /**
   * What a transaction of the treasury paid, read from the bytes that it signed: for a payment that
   * this database lost. Throws CHAIN_UNAVAILABLE.
   */
  readPayment(request: PaymentRequest): Promise<PaymentReading>;
}

export interface PlanRequest {
  asset: Asset;
  /** All of this asset. */
  due: readonly PayoutRow[];
  /** Promised to batches that are not settled yet, per asset; fees and rent included in SOL. */
  reserved: Record<Asset, BaseUnits>;
  /** The batches of this asset that are on their way, with what they pay. */
  open: readonly { receiptSeed: string; amount: bigint }[];
}

export interface PayoutPlan {
  take: PayoutRow[];
  /** Payouts that can't be made until a person has looked, each with the reason. */
  hold: PayoutHold[];
  /**
   * Payouts that have to wait, each with the reason: `next_batch` when there was no room, anything
   * else, such as an amount below the rent minimum, until their wallet is owed more.
   */
  wait: PayoutHold[];
  /** The most that fees and rent of this batch can come to, its tombstone included; lamports. */
  costLamports: BaseUnits;
  /** Set when the key may sign no more for now: until when something waits, for the operator. */
  capped: string | null;
  /** Set when the treasury's own balance does not cover what would be taken. */
  shortfall: string | null;
}

export type SignRequest =
  | { kind: 'pay'; batchId: string; attempt: number; receiptSeed: string; payouts: PayoutRow[] }
  | { kind: 'void'; batchId: string; attempt: number; receiptSeed: string }
  | { kind: 'reclaim'; receipts: { receiptSeed: string; receiptRent: BaseUnits }[] };

export interface SignedTransaction {
  signature: string;
  raw: Uint8Array;
  lastValidBlockHeight: number;
  /** Rent that the receipt or tombstone takes, lamports; 0 for a reclaim. */
  receiptRent: BaseUnits;
}

export type SignResult =
  | { signed: SignedTransaction }
  /** A trial run showed that it would fail. Nothing was signed. */
  | { rejected: TransactionFailure };

export interface TransactionFailure {
  /** `recipient`: the wallets named are to blame. Anything else is ours to solve. */
  scope: 'recipient' | 'treasury' | 'receipt' | 'other';
  wallets: string[];
  /** Short code such as `token_account_frozen`. */
  reason: string;
}

/** `open`: nothing happened. `paid`, `void`: that transaction is the one that happened; final. */
export type ReceiptState = 'open' | 'paid' | 'void';

export interface ObserveRequest {
  receiptAddresses: string[];
  signatures: string[];
}

export interface Observation {
  receipts: Map<string, ReceiptState>;
  /** Absent when the network does not know the transaction. */
  progress: Map<string, { commitment: 'processed' | 'confirmed' | 'finalized'; failed: boolean }>;
  /** Final block height, by which transactions expire. */
  blockHeight: number;
  /** The same by the most backward of those that were asked: for what must surely be over. */
  blockHeightMin: number;
}

export interface FateRequest {
  signature: string;
  raw: Uint8Array;
  /** Whom it pays, to name the one who made it fail. */
  wallets: string[];
}

export interface TransactionFate {
  outcome: 'landed' | 'failed';
  feeLamports: BaseUnits;
  /** Lamports that left the treasury, the fee included; negative when it gained. */
  treasurySpentLamports: bigint;
  /** Why it failed; null when it landed. */
  failure: TransactionFailure | null;
}

export interface GoneRequest {
  signature: string;
  receiptAddress: string;
  /** The attempt that decided the batch: its payment or its tombstone. */
  landedSignature: string;
}

export interface TreasuryHistory {
  signatures: string[];
  /** The newest of these that is final, to continue from; null when there is none. */
  newestFinal: string | null;
  /** False when there are newer ones than these, to be read next. */
  complete: boolean;
  /** The newest of all that is final, for who takes everything as it is; null when there is none. */
  headFinal: string | null;
}

export interface PaymentRequest {
  signature: string;
  /** Whom it may have paid. */
  wallets: string[];
}

export type PaymentReading =
  | { payment: LandedPayment }
  /**
   * `pending`: not known, or not final yet. `failed`: it moved nothing. `foreign`: no payment as this
   * marketplace makes them.
   */
  | { problem: 'pending' | 'failed' | 'foreign'; detail: string };

/** A payment of one batch that is final. */
export interface LandedPayment {
  raw: Uint8Array;
  batchId: string;
  attempt: number;
  asset: Asset;
  receiptSeed: string;
  receiptAddress: string;
  receiptRent: BaseUnits;
  /** The receipt was emptied since: its rent is back in the treasury. */
  isReceiptGone: boolean;
  /** Each transfer; `wallet` is null for one to somebody that was not asked about. */
  transfers: { wallet: string | null; amount: BaseUnits }[];
  fate: TransactionFate;
  /** When the chain took it; null when it does not say. */
  landedAtMs: number | null;
}
