import type { DepositRoute, SuspenseReason } from '@node3/shared/deposit-state';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { PayoutState } from '@node3/shared/settlement-state';

/** Persistence of deposits: what came, whose it is, and up to where the chain was read. */
export interface DepositStore {
  /**
   * Stores what one final transaction brought and credits it, once per signature and asset: what is
   * stored already is left as it is. @returns everything stored of the signature.
   */
  recordDeposit(recording: DepositRecording): Promise<DepositRow[]>;
  /**
   * Credits what waits in suspense of a signature, if it came from this wallet or was meant for this
   * account. @returns everything stored of the signature.
   */
  claimDeposit(claim: DepositClaim): Promise<DepositRow[]>;
  /** Credits all that waits in suspense of a signature. False when nothing does. */
  assignDeposit(assignment: DepositAssignment): Promise<boolean>;
  depositsOfSignature(signature: string): Promise<DepositRow[]>;
  depositsOfIntent(intentId: string): Promise<DepositRow[]>;
  /** Newest first. */
  listDeposits(query: DepositQuery): Promise<DepositRow[]>;

  /** Stores a payment link. False when the account has too many open ones. */
  addDepositIntent(intent: DepositIntentRow, openMax: number): Promise<boolean>;
  depositIntent(intentId: string): Promise<DepositIntentRow | null>;
  /** The payment links whose references are among these addresses. */
  depositIntentsByReference(addresses: string[]): Promise<DepositIntentRow[]>;
  /** The account's tag, which becomes `candidate` when it has none; null when that one is taken. */
  depositTag(accountId: string, candidate: string): Promise<string | null>;
  accountsOfTags(tags: string[]): Promise<string[]>;

  /** How far an address was read; null before the first time. */
  depositCursor(address: string): Promise<DepositCursor | null>;
  /** Later calls for the same address keep the first `startSlot`. */
  saveDepositCursor(address: string, cursor: DepositCursor): Promise<void>;
  /** What is known of these transactions: `deposit`, `payout`, or the purpose it was made for. */
  signaturePurposes(signatures: string[]): Promise<Map<string, string>>;
  /** Remembers transactions that could not be read, to try them again. */
  setAsideDeposits(signatures: string[], nowMs: number): Promise<void>;
  /** Transactions set aside whose turn it is. */
  depositsSetAside(nowMs: number, limit: number): Promise<string[]>;
  forgetSetAside(signature: string): Promise<void>;

  /** The lease that makes one worker of many. True when held after the call. */
  holdWorkerLease(lease: WorkerLease, nowMs: number): Promise<boolean>;
  releaseWorkerLease(name: string, owner: string): Promise<void>;
}

export interface ReceivedMoney {
  asset: Asset;
  amount: BaseUnits;
  /** The one wallet it came from; null when that is not certain. */
  sourceOwner: string | null;
}

export type DepositTarget =
  | { to: 'account'; accountId: string; route: DepositRoute; intentId: string | null }
  /** The operator's own money for fees and rent. */
  | { to: 'capital'; route: DepositRoute }
  | { to: 'suspense'; reason: Exclude<SuspenseReason, 'dust'> };

export interface DepositRecording {
  signature: string;
  received: ReceivedMoney[];
  target: DepositTarget;
  /** Less than this waits in suspense for more of the same account. */
  minimum: Record<Asset, BaseUnits>;
  nowMs: number;
}

export interface DepositClaim {
  signature: string;
  accountId: string;
  wallet: string;
  nowMs: number;
}

export interface DepositAssignment {
  signature: string;
  /** null books it as the operator's capital. */
  accountId: string | null;
  nowMs: number;
}

export interface DepositRow extends ReceivedMoney {
  /** Grows with every deposit; lists continue from it. */
  entry: number;
  signature: string;
  state: 'credited' | 'suspense' | 'refunding';
  route: DepositRoute | null;
  suspenseReason: SuspenseReason | null;
  /** Whose it is, or will be with more; null for the operator's capital and while nobody knows. */
  accountId: string | null;
  intentId: string | null;
  /** The payout that brings it back. */
  payoutId: string | null;
  /** How far that payout is; null without one. */
  refundState: PayoutState | null;
  seenAtMs: number;
  creditedAtMs: number | null;
}

export interface DepositQuery {
  accountId: string | null;
  state: DepositRow['state'] | null;
  beforeEntry: number | null;
  limit: number;
}

export interface DepositIntentRow {
  intentId: string;
  accountId: string;
  /** A random address that marks its payment. */
  reference: string;
  asset: Asset;
  amount: BaseUnits | null;
  createdAtMs: number;
  expiresAtMs: number;
}

export interface DepositCursor {
  /** The newest transaction that was dealt with; null when there was none. */
  signature: string | null;
  slot: number | null;
  /** What happened up to here was before this database: it is nobody's deposit. */
  startSlot: number | null;
}

export interface WorkerLease {
  name: string;
  owner: string;
  untilMs: number;
}
