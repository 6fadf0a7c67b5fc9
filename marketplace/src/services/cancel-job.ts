import { MarketError } from '@node3/shared/error';
import type { Actor } from '@node3/shared/events';
import { isTerminalJob } from '@node3/shared/job-state';
import { type EndContext, endUnstarted } from '../domain/job-ending.ts';
import type { JobChange, JobSnapshot } from '../store/job-store.ts';
import type { JobRow } from '../store/rows.ts';
import { announceChange, endContext, type JobChangeDeps } from './change-job.ts';

/**
 * Cancels a job. One that waits ends at once; one that an agent holds is told to stop, and ends
 * when the agent reports or its lease runs out. A job that is over stays as it is: cancelling it
 * again is answered, not refused, if it was cancelled; otherwise JOB_STATE_INVALID.
 */
export async function cancelJob(deps: JobChangeDeps, jobId: string, actor: Actor): Promise<JobRow> {
  const context = await endContext(deps, actor, null);
  const outcome = await deps.store.changeJob(jobId, (snapshot) => decideCancel(snapshot, context));
  if (outcome === null) throw new MarketError('JOB_NOT_FOUND', { jobId });
  const { job, execution } = outcome;
  if (!outcome.changed && isTerminalJob(job.state) && job.state !== 'cancelled') {
    const detail = `The job is already ${job.state}.`;
    throw new MarketError('JOB_STATE_INVALID', { detail, jobId, state: job.state });
  }
  announceChange(deps, outcome);
  if (execution !== null && !isTerminalJob(job.state)) {
    deps.cancels.add(execution.agentId, execution.executionId, execution.attempt);
  }
  return job;
}

/** What a cancellation does to a job in this state; null when there is nothing left to do. */
export function decideCancel(snapshot: JobSnapshot, context: EndContext): JobChange | null {
  const { job, execution } = snapshot;
  if (job.state === 'queued' || job.state === 'awaiting_funds') {
    return endUnstarted({ job, execution: null }, 'cancelled', context);
  }
  if (isTerminalJob(job.state) || job.cancelRequestedAtMs !== null) return null;
  return {
    job: { cancelRequestedAtMs: context.nowMs },
    events: [
      {
        name: 'job.cancel-requested',
        atMs: context.nowMs,
        actor: context.actor,
        accountId: job.accountId,
        jobId: job.jobId,
        executionId: execution?.executionId ?? null,
        reason: null,
        data: {},
      },
    ],
  };
}
