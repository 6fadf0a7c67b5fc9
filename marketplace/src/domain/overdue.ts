import { limits } from '@node3/shared/limits';
import type { JobChange, JobSnapshot } from '../store/job-store.ts';
import { type AttemptEnd, type EndContext, endAttempt, endUnstarted } from './job-ending.ts';

/** When the marketplace gives up on a started execution whose agent still sends heartbeats. */
export function runBackstopMs(startedAtMs: number, runSec: number): number {
  return startedAtMs + runSec * 1_000 * limits.runBackstopFactor + limits.collectMs;
}

/** What the clock alone does to a job now; null when nothing is overdue after all. */
export function decideOverdue(snapshot: JobSnapshot, context: EndContext): JobChange | null {
  const { job, execution } = snapshot;
  const { nowMs } = context;
  if (job.state === 'queued' || job.state === 'awaiting_funds') {
    return job.queueDeadlineMs <= nowMs ? endUnstarted(snapshot, 'expired', context) : null;
  }
  if ((job.state !== 'assigned' && job.state !== 'running') || execution === null) return null;
  if (execution.acceptByMs !== null && execution.acceptByMs <= nowMs) {
    return endAttempt(snapshot, lost('offer_not_accepted'), context);
  }
  if (execution.leaseUntilMs + limits.leaseGraceMs <= nowMs) {
    return endAttempt(snapshot, lost('lease_expired'), context);
  }
  const { startedAtMs } = execution;
  if (startedAtMs !== null && runBackstopMs(startedAtMs, job.spec.limits.runSec) <= nowMs) {
    return endAttempt(snapshot, lost('result_overdue'), context);
  }
  return null;
}

function lost(reason: AttemptEnd['reason']): AttemptEnd {
  return {
    executionState: 'lost',
    reason,
    detail: null,
    exitCode: null,
    runMs: 0,
    peakMemoryBytes: null,
    output: null,
    resultHash: null,
    isolation: null,
    imageDigest: null,
  };
}
