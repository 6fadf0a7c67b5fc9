import type { NewEvent } from '@node3/shared/events';
import type { ImagePull } from '@node3/shared/image-pull';
import type { JobState } from '@node3/shared/job-state';
import type { LogBlock } from '@node3/shared/log-blocks';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { WorkProgress } from '@node3/shared/work-progress';
import type { JobNeeds } from '../domain/job-needs.ts';
import type { JobType } from '../domain/job-type.ts';
import type { AgentAxis, Evidence, RequesterAxis } from '../domain/reputation.ts';
import type { Caps } from '../domain/spending-caps.ts';
import type {
  EventRow,
  ExecutionRow,
  Fence,
  JobFailure,
  JobRow,
  LogBlockRow,
  LogLineRow,
  NewPayout,
  SettlementRow,
  Transfer,
} from './rows.ts';

/** What the agent of a renewed lease has to know. */
export interface LeaseRenewal {
  cancelRequested: boolean;
  /** When the marketplace gives up on the execution, however its lease is renewed; null before acceptance. */
  deadlineMs: number | null;
}

export interface JobStore {
  /**
   * Inserts a job and holds its price in one transaction. Rejects with FUNDS_INSUFFICIENT (and
   * stores nothing) when the balance is too small, with IDEMPOTENCY_MISMATCH when the key belongs
   * to another body, with JOB_QUEUE_FULL past `openJobsMax`, with REQUEST_INVALID when it waits for
   * a job of somebody else and with DEPENDENCY_UNMET for one that failed. `replayed` is the first
   * answer's job. A job with a reusable result is stored as succeeded, and nothing is held for it.
   */
  postJob(posting: JobPosting): Promise<{ job: JobRow; replayed: boolean }>;

  /**
   * Inserts all of these jobs, of which one may wait for those before it, or none of them. Rejects as
   * `postJob` does for the first that can't be posted.
   */
  postJobsTogether(postings: readonly JobPosting[]): Promise<{ job: JobRow; replayed: boolean }[]>;

  /**
   * The job that an idempotency key has made already, or null. Rejects with IDEMPOTENCY_MISMATCH
   * when the key belongs to another body. Only `postJob` decides; this spares a repeated request
   * the checks that the world may fail by now.
   */
  postedBefore(accountId: string, idempotency: Idempotency): Promise<JobRow | null>;
  /** The job that an idempotency key of an account has made. */
  jobOfKey(accountId: string, key: string): Promise<JobRow | null>;
  job(jobId: string): Promise<JobRow | null>;
  /** Many jobs in one query; unknown ids are left out. */
  jobsById(jobIds: readonly string[]): Promise<Map<string, JobRow>>;
  execution(executionId: string): Promise<ExecutionRow | null>;
  /** Many executions in one query; unknown ids are left out. */
  executionsById(executionIds: string[]): Promise<Map<string, ExecutionRow>>;
  executionsOfJob(jobId: string): Promise<ExecutionRow[]>;
  /** The same of many jobs in one query; of each in order. */
  executionsOfJobs(jobIds: readonly string[]): Promise<ExecutionRow[]>;
  eventsOfJob(jobId: string, limit: number): Promise<EventRow[]>;
  /** Those of many jobs in one query, in order; `cursorSeq` continues a page, null begins. */
  eventsOfJobs(query: EventsOfJobsQuery): Promise<EventRow[]>;
  /** In order; `beforeJobId`, or `afterJobId` for the oldest first, continues a page. `accountId` null lists everybody's. */
  listJobs(query: JobQuery): Promise<JobRow[]>;
  /** Jobs of an account with a label, in whatever state. */
  listLabelledJobs(query: LabelledQuery): Promise<JobRow[]>;
  /** Names of all labels on jobs of an account, in order; no more than `max`. */
  labelNames(accountId: string, max: number): Promise<string[]>;
  /** How many jobs of an account there are between these bounds; counts no more than `max`. */
  countJobsOf(query: Required<Omit<JobQuery, 'limit' | 'order'>>, max: number): Promise<number>;
  /** Jobs of an account that ended in a time, by when they did. */
  listEndedJobs(query: EndedQuery): Promise<JobRow[]>;
  /** How many of them there are; counts no more than `max`. */
  countEndedJobs(bounds: EndedBounds, max: number): Promise<number>;
  countJobs(): Promise<Record<JobState, number>>;
  countJobsByType(): Promise<Record<JobState, Record<JobType, number>>>;
  /** Every queued job that waits for no other, oldest first, in pages: fills the index at start. */
  queuedJobs(afterJobId: string | null, limit: number): Promise<JobRow[]>;
  /** The same jobs without their specs: fills the index at start. */
  openJobs(afterJobId: string | null, limit: number): Promise<OpenJobRow[]>;
  /** What these numbers of `OpenJobRow` stand for. */
  jobNeeds(needsIds: readonly number[]): Promise<Map<number, JobNeeds>>;
  /** Executions that are not over, of one agent or of all. */
  liveExecutions(agentId: string | null): Promise<ExecutionRow[]>;
  /** The live execution an agent got for this claim, if any. */
  executionByClaim(agentId: string, claimId: string): Promise<ExecutionRow | null>;

  /**
   * Leases a queued job: one conditional write, so of many claimers one wins. null when the job is
   * no longer queued, waits for its `notBeforeMs`, is being cancelled, when the agent is not active,
   * or when a device of the lease
   * is in use by a live execution of that agent. A claim id that already has a live execution gets
   * that one again, and one whose execution was accepted and is over gets null: a late copy of a poll
   * must not lease a job to nobody. Clears the job's `reason`, `fault` and `notBeforeMs`.
   */
  claimJob(claim: JobClaim): Promise<{ job: JobRow; execution: ExecutionRow } | null>;

  /**
   * Renews leases of executions that are alive and fenced right. Answers, in order, each one's
   * state, or null where the fence does not fit.
   */
  renewLeases(
    agentId: string,
    fences: Fence[],
    leaseUntilMs: number,
  ): Promise<(LeaseRenewal | null)[]>;

  /**
   * Changes an execution and its job together, fenced. Rejects with LEASE_STALE when (execution,
   * attempt, token) does not name the execution that holds the job, or when it is over, unless it
   * ended with the same `resultHash`: then the stored rows come back with `replayed`.
   * `decide` is pure; null means nothing changes.
   */
  changeExecution(
    fence: Fence,
    agentId: string,
    decide: Decide,
    resultHash?: string,
  ): Promise<ChangeOutcome & { replayed: boolean }>;

  /** How far the image of a live execution is. Rejects with LEASE_STALE. */
  recordImagePull(fence: Fence, agentId: string, imagePull: ImagePull): Promise<void>;
  /** How far a live execution is by the word of its agent. Rejects with LEASE_STALE. */
  recordWorkProgress(fence: Fence, agentId: string, progress: WorkProgress): Promise<void>;

  /** The same for changes that come from the marketplace itself: cancel, expiry, lost leases. */
  changeJob(jobId: string, decide: Decide): Promise<ChangeOutcome | null>;

  /**
   * Appends lines after `seqFirst`-1; lines stored before are skipped, and none is stored where one
   * is missing in between: the agent goes on after `ackedSeq`. Puts off the deadline of an execution
   * that has to show progress, until its log is cut off. Rejects with LEASE_STALE.
   */
  appendLogs(append: LogAppend): Promise<LogAppended>;
  /**
   * Lines of a job after a sequence number, until `isFullPage` says that they are enough. Costs the
   * same wherever they lie.
   */
  readLogs(query: LogQuery): Promise<LogLineRow[]>;
  /** The same lines, as they lie together. */
  readLogBlocks(query: LogQuery): Promise<LogBlockRow[]>;

  /**
   * Due work of the sweeper: queue deadlines, unaccepted offers, leases dead for longer than the
   * grace, and runs past `runBackstopMs`. Each job once.
   */
  overdue(nowMs: number, limit: number): Promise<{ jobId: string; executionId: string | null }[]>;
  /** After downtime: moves every live lease, accept and run deadline forward. Returns how many. */
  extendLeases(byMs: number): Promise<number>;
}

/** What the index keeps of a queued job. */
export interface OpenJobRow
  extends Pick<
    JobRow,
    | 'jobId'
    | 'accountId'
    | 'priority'
    | 'asset'
    | 'notBeforeMs'
    | 'queuedAtMs'
    | 'createdAtMs'
    | 'agentId'
    | 'failures'
    | 'fairMs'
  > {
  /** Jobs that ask for the same have the same number. */
  needsId: number;
  /** Base units per GPU hour. */
  hourlyOffer: BaseUnits;
  /** null for a metered job. */
  reward: BaseUnits | null;
}

export interface Idempotency {
  key: string;
  /** SHA-256 of the canonical body. */
  requestHash: string;
}

export interface JobPosting {
  job: JobRow;
  transfers: Transfer[];
  events: NewEvent[];
  openJobsMax: number;
  /** null posts without asking the caps: what pays for itself. Rejects with CAP_EXCEEDED. */
  caps: PostingCaps | null;
  /** The quote that is used up with it; rejects with QUOTE_EXPIRED or QUOTE_USED. */
  quoteId: string | null;
  idempotency: Idempotency | null;
  /** An earlier result that may stand for a run of this job; null where it has to run. */
  reuse: Reuse | null;
}

export interface Reuse {
  cacheKey: string;
  finishedAfterMs: number;
}

/** The account's and the key's own caps are in the store. */
export interface PostingCaps {
  operator: Record<Asset, Caps>;
}

export interface JobQuery {
  accountId: string | null;
  states: JobState[] | null;
  beforeJobId: string | null;
  /** Only jobs of one account have a lower bound. */
  afterJobId?: string | null;
  limit: number;
  /** Newest first where absent; only jobs of one account have another order. */
  order?: 'newest' | 'oldest';
}

export interface LabelledQuery extends Omit<JobQuery, 'states' | 'order'> {
  accountId: string;
  label: readonly [name: string, value: string];
  order: 'newest' | 'oldest';
}

export interface EndedBounds {
  accountId: string;
  states: JobState[] | null;
  /** They ended from then on, milliseconds since 1970. */
  fromMs: number;
  /** And before then. */
  beforeMs: number;
  /** Ids begin with the time of posting. */
  afterJobId: string | null;
  beforeJobId: string | null;
}

export interface EndedQuery extends EndedBounds {
  /** The last job of the page before. */
  beyond: { finishedAtMs: number; jobId: string } | null;
  limit: number;
  order: 'newest' | 'oldest';
}

/** The store fills in the job and the attempt (the job's count plus 1), then asks for the events. */
export interface JobClaim {
  jobId: string;
  execution: Omit<ExecutionRow, 'jobId' | 'attempt'>;
  /** The agent takes jobs of this account only; null takes everybody's. */
  reservedFor: string | null;
  events(job: JobRow, execution: ExecutionRow): NewEvent[];
  nowMs: number;
}

export interface JobSnapshot {
  job: JobRow;
  /** The execution that holds the job; null while none does. */
  execution: ExecutionRow | null;
}

/**
 * What one decision changes. Absent parts stay as they are. A state that the tables don't allow, and
 * a job that would be assigned or running without a live execution (or the reverse), is an assertion
 * failure and changes nothing.
 */
export interface JobChange {
  job?: Partial<
    Pick<
      JobRow,
      | 'state'
      | 'reason'
      | 'fault'
      | 'priority'
      | 'agentId'
      | 'notBeforeMs'
      | 'queueDeadlineMs'
      | 'cancelRequestedAtMs'
      | 'failures'
      | 'dependenciesOpen'
      | 'cacheKey'
      | 'output'
      | 'exitCode'
      | 'queuedAtMs'
      | 'startedAtMs'
      | 'finishedAtMs'
    >
  >;
  execution?: Partial<
    Pick<
      ExecutionRow,
      | 'state'
      | 'reason'
      | 'detail'
      | 'isolation'
      | 'imageDigest'
      | 'exitCode'
      | 'runMs'
      | 'peakMemoryBytes'
      | 'resultHash'
      | 'acceptByMs'
      | 'deadlineMs'
      | 'runDeadlineMs'
      | 'progressMs'
      | 'preemptedAtMs'
      | 'leaseUntilMs'
      | 'startedAtMs'
      | 'finishedAtMs'
    >
  >;
  settlement?: SettlementRow;
  transfers?: Transfer[];
  payout?: NewPayout | null;
  /** Counts for the agent's history. */
  agentCount?: 'succeeded' | 'failed';
  /** What it shows about how the two sides behave. */
  conduct?: Conduct;
  /** An end by the agent's own fault. One absence ends many executions and is one fault in the row. */
  agentFault?: 'single' | 'absence';
  /** Earlier failures of this job that their agents were not to blame for after all. */
  agentsForgiven?: readonly JobFailure[];
  /** At least one: a change is explained. The first one's time is the time of the whole change. */
  events: NewEvent[];
}

/** Evidence about the agent of the execution, and about the requester of the job. */
export interface Conduct {
  agent: Evidence<AgentAxis>[];
  requester: Evidence<RequesterAxis>[];
  /** How long a successful run took; null moves no average. */
  runSec: number | null;
}

/** The ledger as the transaction sees it that the decision becomes part of. */
export interface LedgerView {
  /** Balance on the account's normal side. */
  balance(account: string, asset: Asset): BaseUnits;
}

/** Pure: a store may ask for the decision again, once it has read the balances that it asked for. */
export type Decide = (snapshot: JobSnapshot, ledger: LedgerView) => JobChange | null;

export interface ChangeOutcome extends JobSnapshot {
  changed: boolean;
  /** The job is over now, and others wait for that. */
  isAwaited: boolean;
  payoutId: string | null;
  /** What that payout is about; 0 without one. */
  earned: BaseUnits;
}

export interface LogAppend {
  fence: Fence;
  agentId: string;
  seqFirst: number;
  blocks: LogBlock[];
  /** `none`: the lines are counted, and one line says that they are not kept. */
  keep: 'all' | 'none';
  nowMs: number;
}

export interface LogAppended {
  ackedSeq: number;
  jobId: string;
  /** What is in the log now and was not before. */
  stored: LogBlockRow[];
}

export interface EventsOfJobsQuery {
  jobIds: readonly string[];
  order: 'newest' | 'oldest';
  cursorSeq: number | null;
  limit: number;
  /** No events of other names. */
  names: readonly string[];
  /** null takes those of all times. */
  sinceMs: number | null;
  /** null takes those of all executions, and of none. */
  executionId: string | null;
}

export interface LogQuery {
  jobId: string;
  afterSeq: number;
  limit: number;
  /** One stream, several of them, or null for all. */
  stream: LogStreams;
}

export type LogStreams = LogLineRow['stream'] | readonly LogLineRow['stream'][] | null;
