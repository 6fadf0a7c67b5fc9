import { limits } from '@node3/shared/limits';
import type { JobChange, JobSnapshot, LedgerView } from '../store/job-store.ts';
import { type EndContext, endAttempt, endUnstarted, endWithoutResult } from './job-ending.ts';

/** When the marketplace gives up on a started execution whose agent still sends heartbeats. */
export function runBackstopMs(startedAtMs: number, runSec: number): number {
  return startedAtMs + Math.ceil(runSec * 1_000 * limits.runBackstopFactor) + limits.collectMs;
}

/** When it gives up on one that was accepted and never starts. */
export function prepareBackstopMs(acceptedAtMs: number, pullSec: number): number {
  return acceptedAtMs + Math.ceil(pullSec * 1_000 * limits.runBackstopFactor) + limits.collectMs;
}

/**
 * How long after the last line it gives up on one that has to show progress; null where it need not.
 * The lines may come late, so the agent is always the first to know.
 */
export function progressBackstopMs(progressSec: number | null): number | null {
  if (progressSec === null) return null;
  return Math.ceil(progressSec * 1_000 * limits.runBackstopFactor) + limits.collectMs;
}

/** What the clock alone does to a job now; null when nothing is overdue after all. */
export function decideOverdue(
  snapshot: JobSnapshot,
  context: EndContext,
  ledger: LedgerView,
): JobChange | null {
  const { job, execution } = snapshot;
  const { nowMs } = context;
  if (job.state === 'queued' || job.state === 'awaiting_funds') {
    return job.queueDeadlineMs <= nowMs ? endUnstarted(snapshot, 'expired', context) : null;
  }
  if ((job.state !== 'assigned' && job.state !== 'running') || execution === null) return null;
  if (execution.acceptByMs !== null && execution.acceptByMs <= nowMs) {
    return endAttempt(snapshot, endWithoutResult('lost', 'offer_not_accepted'), context, ledger);
  }
  if (execution.leaseUntilMs + limits.leaseGraceMs <= nowMs) {
    return endAttempt(snapshot, endWithoutResult('lost', 'lease_expired'), context, ledger);
  }
  if (execution.deadlineMs === null || execution.deadlineMs > nowMs) return null;
  const reason = execution.startedAtMs === null ? 'prepare_timeout' : 'result_overdue';
  return endAttempt(snapshot, endWithoutResult('lost', reason), context, ledger);
}
