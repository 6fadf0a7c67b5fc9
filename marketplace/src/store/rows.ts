import type { AgentState } from '@node3/shared/agent-state';
import type { Device, Offer } from '@node3/shared/device';
import type { Actor } from '@node3/shared/events';
import type { ExecutionState } from '@node3/shared/execution-state';
import type { ImagePull } from '@node3/shared/image-pull';
import type { JobSpec, Priority } from '@node3/shared/job-spec';
import type { Fault, JobState, Reason } from '@node3/shared/job-state';
import type { AccountScope } from '@node3/shared/key-scopes';
import type { LogBlock } from '@node3/shared/log-blocks';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { ChallengePurpose } from '@node3/shared/routes/auth';
import type { LogStream } from '@node3/shared/routes/jobs';
import type { TransferKind } from '@node3/shared/routes/ledger';
import type { PayoutKind, SettlementState } from '@node3/shared/settlement-state';
import type { WorkProgress } from '@node3/shared/work-progress';
import type { Reputation } from '../domain/reputation.ts';

/** What the store keeps. Times are milliseconds since the epoch, amounts base units. */

export interface AccountRow {
  accountId: string;
  /** null only for the operator's own account. */
  wallet: string | null;
  name: string | null;
  /** How it behaves as a requester; null until its first job ends. */
  reputation: Reputation | null;
  createdAtMs: number;
}

export interface ApiKeyRow {
  keyId: string;
  /** SHA-256 of the whole key, hex. The key itself is never stored. */
  keyHash: string;
  owner: { kind: 'account'; accountId: string } | { kind: 'agent'; agentId: string };
  /** What its owner calls it. */
  name: string | null;
  createdAtMs: number;
  /** `session`: of a web page, which shows it in a cookie. */
  kind: 'key' | 'session';
  /** null: all that its account, or agent, may do; an operator's scope has to be named. */
  scopes: AccountScope[] | null;
  /** When it stops to work by itself: an idle session, the predecessor of a rotated key. */
  expiresAtMs: number | null;
  /** The latest that it, or a successor, ever works. */
  endsAtMs: number | null;
  /** To the hour, of a session to the minute; null: never since that is noted. */
  lastUsedAtMs: number | null;
  revokedAtMs: number | null;
}

/** Lets one agent register. Its secret is never stored. */
export interface RegistrationTokenRow {
  tokenId: string;
  /** SHA-256 of the whole token, hex. */
  tokenHash: string;
  /** The only name, and the only wallet, that it registers; null is any. */
  name: string | null;
  wallet: string | null;
  createdAtMs: number;
  expiresAtMs: number;
  usedAtMs: number | null;
  usedByAgentId: string | null;
  revokedAtMs: number | null;
  /** The provider whose agent it registers; null is the built-in one. */
  providerId: string | null;
}

export interface ChallengeRow {
  challengeId: string;
  wallet: string;
  purpose: ChallengePurpose;
  message: string;
  expiresAtMs: number;
}

export interface AgentRow {
  agentId: string;
  wallet: string;
  name: string;
  version: string;
  /** Null: of the built-in provider. */
  providerId: string | null;
  state: AgentState;
  /** One sentence for people; null while active. */
  stateReason: string | null;
  /** When a pause ends by itself. */
  stateUntilMs: number | null;
  /** Who put it into this state; null for one that was never in another. */
  stateBy: Actor | null;
  stateAtMs: number | null;
  /** Last offer it sent; null until its first poll. */
  offer: Offer | null;
  instanceId: string | null;
  lastSeenAtMs: number | null;
  jobsSucceeded: number;
  jobsFailed: number;
  /** Ends of executions by its own fault since the last success; each absence counts once. */
  faultsInRow: number;
  /** Moving average over successful runs, as the seed's; null before the first. */
  avgRunSec: number | null;
  reputation: Reputation | null;
  /** Stars given by requesters that paid: their number and their sum. */
  ratingCount: number;
  ratingStars: number;
  registeredAtMs: number;
}

/** What a requester says about the agent that a job of its was paid to. */
export interface RatingRow {
  jobId: string;
  accountId: string;
  agentId: string;
  stars: number;
  comment: string | null;
  ratedAtMs: number;
}

/** An attempt that counted: which agent failed the job, and how. */
export interface JobFailure {
  agentId: string;
  reason: Reason;
}

export interface JobRow {
  jobId: string;
  accountId: string;
  /** The key it was posted with; null for the operator's key and for jobs paid with the request. */
  apiKeyId: string | null;
  state: JobState;
  reason: Reason | null;
  fault: Fault | null;
  /** As in the spec, and one step up for each retry. */
  priority: Priority;
  spec: JobSpec;
  asset: Asset;
  /** The whole price with the fee on it, held before the job is queued. */
  price: BaseUnits;
  /** The marketplace's rate when the job was posted or quoted; a later one is not this job's. */
  feeBasisPoints: number;
  /** Attempts leased so far. */
  attempt: number;
  /** The execution that holds the job now, or held it last. */
  executionId: string | null;
  agentId: string | null;
  /** Not offered before this time: back-off between attempts. */
  notBeforeMs: number | null;
  /** What its account's clock said when it was posted: see `domain/job-rank.ts`. */
  fairMs: number;
  queueDeadlineMs: number;
  cancelRequestedAtMs: number | null;
  /** Attempts that failed and counted, oldest first. */
  failures: JobFailure[];
  /** Jobs it still waits for; it is not claimable before they have ended. */
  dependenciesOpen: number;
  /** The job it was posted as a repetition of. */
  rerunOf: string | null;
  /** The job whose result is its result too: it never ran itself. */
  cachedFrom: string | null;
  /** Under which its result may be reused; null where it may not. */
  cacheKey: string | null;
  settlement: SettlementRow;
  output: unknown;
  exitCode: number | null;
  logLines: number;
  logBytes: number;
  createdAtMs: number;
  queuedAtMs: number | null;
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

export interface SettlementRow {
  state: SettlementState;
  charged: BaseUnits | null;
  providerShare: BaseUnits | null;
  fee: BaseUnits | null;
  refund: BaseUnits | null;
}

export interface ExecutionRow {
  executionId: string;
  jobId: string;
  attempt: number;
  agentId: string;
  agentName: string;
  claimId: string;
  leaseHash: string;
  leaseUntilMs: number;
  /** Until then the offer must be accepted; null once it is. */
  acceptByMs: number | null;
  /** When the marketplace gives up on what the execution is doing: preparing, then running. */
  deadlineMs: number | null;
  /** When it gives up on the run however much that writes; null before it runs. */
  runDeadlineMs: number | null;
  /** How much later than the last line `deadlineMs` is; null where a run may be silent. */
  progressMs: number | null;
  /** When the marketplace asked for it to be stopped for another job. */
  preemptedAtMs: number | null;
  state: ExecutionState;
  reason: Reason | null;
  detail: string | null;
  devices: Device[];
  /** Base units per GPU hour that a metered job pays this agent; null for a fixed price. */
  rate: BaseUnits | null;
  isolation: string | null;
  imageDigest: string | null;
  /** How far its image was when the agent last said so. */
  imagePull: ImagePull | null;
  /** How far it is by the word of its agent. */
  workProgress: WorkProgress | null;
  exitCode: number | null;
  runMs: number | null;
  peakMemoryBytes: number | null;
  /** SHA-256 of the canonical result body: tells a repeated report from a different one. */
  resultHash: string | null;
  /** Lines of this execution stored so far; the next one expected is this plus 1. */
  logSeq: number;
  leasedAtMs: number;
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

/** One movement of money between two ledger accounts. The id is deterministic, so it happens once. */
export interface Transfer {
  transferId: string;
  debit: string;
  credit: string;
  asset: Asset;
  amount: BaseUnits;
  kind: TransferKind;
  /** What it belongs to: a job, payout or signature. */
  ref: string;
  /** In whose statement it stands, where neither of its sides says so. */
  accountId?: string;
}

/** A transfer as it stands in the ledger. Entries count from 1 without a gap. */
export interface LedgerEntryRow extends Transfer {
  entry: number;
  atMs: number;
  /** 32 bytes over this entry and the hash of the one before: see `ledger-hash.ts`. */
  hash: Uint8Array;
}

export interface NewPayout {
  payoutId: string;
  kind: PayoutKind;
  /** The ledger account that the payment empties: what is owed there is what is paid. */
  ledgerAccount: string;
  /** These three are set for earnings only. */
  jobId: string | null;
  executionId: string | null;
  agentId: string | null;
  wallet: string;
  asset: Asset;
  amount: BaseUnits;
  /** When it may leave at the earliest. */
  dueAtMs: number;
}

export interface LogLineRow {
  /** Position within the job, over all attempts, from 1. */
  seq: number;
  attempt: number;
  stream: LogStream;
  atMs: number;
  text: string;
  partial: boolean;
}

/** Lines of a log that lie together. */
export interface LogBlockRow extends LogBlock {
  /** Of its first line. */
  seq: number;
  attempt: number;
}

export interface Fence {
  executionId: string;
  attempt: number;
  /** SHA-256 of the lease token, hex. */
  leaseHash: string;
}

export interface EventRow {
  seq: number;
  name: string;
  atMs: number;
  actor: Actor;
  accountId: string | null;
  jobId: string | null;
  executionId: string | null;
  reason: Reason | null;
  data: Record<string, string | number | boolean | null>;
}
