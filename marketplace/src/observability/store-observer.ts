import type { JobState } from '@node3/shared/job-state';
import type { DepositRow } from '../store/deposit-store.ts';
import type { ChangeOutcome } from '../store/job-store.ts';
import type { BatchChange, BatchRow, NewAttempt } from '../store/payout-store.ts';
import type { AgentRow, ExecutionRow, JobRow, Transfer } from '../store/rows.ts';
import type { AttemptOutcome } from '../store/webhook-store.ts';

/** Who hears of what this process has stored, once it is on disk. Nobody here may throw. */
export interface StoreObserver {
  /** A job was posted, and not repeated. */
  jobPosted?(job: JobRow): void;
  /** A posting was refused because the money or a cap did not allow it. */
  jobRefused?(job: JobRow): void;
  jobLeased?(job: JobRow, execution: ExecutionRow): void;
  /** A job or its execution changed; `from` is the state before. */
  jobChanged?(from: JobState, outcome: ChangeOutcome): void;
  transfersPosted?(transfers: readonly Transfer[]): void;
  depositsCredited?(deposits: readonly DepositRow[]): void;
  attemptStored?(attempt: NewAttempt): void;
  batchesRead?(batches: readonly BatchRow[]): void;
  batchChanged?(change: BatchChange): void;
  /** An attempt to deliver a webhook was noted. */
  webhookAttempted?(outcome: AttemptOutcome): void;
  agentsRead?(agents: readonly AgentRow[]): void;
}
