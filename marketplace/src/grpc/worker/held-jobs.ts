import type { ExecutionOffer } from '@node3/shared/routes/agents';
import type { LeaseTokens } from '../../services/lease-token.ts';
import type { ExecutionRow, Fence } from '../../store/rows.ts';

/** A job that a worker has, and the fence that stays hidden from it. */
export interface HeldJob extends Fence {
  jobId: string;
  leaseToken: string;
  /** It says that it has it: its heartbeats renew the lease. */
  isTaken: boolean;
  /** It was told to stop it. */
  isStopped: boolean;
}

/** What one worker holds, by job: workers know nothing of executions. */
export class HeldJobs {
  readonly #leases: LeaseTokens;
  readonly #byJob = new Map<string, HeldJob>();

  constructor(leases: LeaseTokens) {
    this.#leases = leases;
  }

  get all(): HeldJob[] {
    return [...this.#byJob.values()];
  }

  /** An offer that is about to be sent. */
  add({ jobId, executionId, attempt, leaseToken }: ExecutionOffer): HeldJob {
    const leaseHash = this.#leases.hash(leaseToken);
    const fence = { executionId, attempt, leaseHash };
    const held = { ...fence, jobId, leaseToken, isTaken: false, isStopped: false };
    this.#byJob.set(jobId, held);
    return held;
  }

  /** From before the stream: the worker has to name what it still runs. */
  restore({ jobId, executionId, attempt, leaseHash }: ExecutionRow): void {
    const leaseToken = this.#leases.token(executionId);
    const fence = { executionId, attempt, leaseHash };
    this.#byJob.set(jobId, { ...fence, jobId, leaseToken, isTaken: false, isStopped: false });
  }

  find(jobId: string): HeldJob | null {
    return this.#byJob.get(jobId) ?? null;
  }

  byExecution(executionId: string): HeldJob | null {
    return this.all.find((held) => held.executionId === executionId) ?? null;
  }

  drop({ jobId, executionId }: HeldJob): void {
    if (this.#byJob.get(jobId)?.executionId === executionId) this.#byJob.delete(jobId);
  }
}
