import type { NewEvent } from '@node3/shared/events';
import type { Dependency } from '@node3/shared/job-lifecycle';
import type { JobState } from '@node3/shared/job-state';
import type { JobChange, JobSnapshot } from '../store/job-store.ts';
import type { JobRow } from '../store/rows.ts';
import { type EndContext, endUnstarted } from './job-ending.ts';

/** Whether a needed job that is over ended as the one that waits for it asks. */
export function isDependencyMet(condition: Dependency['condition'], state: JobState): boolean {
  return condition === 'ended' || state === 'succeeded';
}

/** A job that may be offered to agents now, or once its back-off is over. */
export function isClaimable(job: Pick<JobRow, 'state' | 'dependenciesOpen'>): boolean {
  return job.state === 'queued' && job.dependenciesOpen === 0;
}

/**
 * What the end of a needed job does to one that waits for it. With the last one its time in the queue
 * begins; one that did not end as it had to ends it, and its own dependents hear of that in turn.
 */
export function decideDependency(
  snapshot: JobSnapshot,
  neededJobId: string,
  isMet: boolean,
  context: EndContext,
): JobChange | null {
  const { job } = snapshot;
  // Cancelled meanwhile, or ended because of another one.
  if (job.state !== 'queued' || job.dependenciesOpen === 0) return null;
  const event = (name: NewEvent['name'], data: NewEvent['data']): NewEvent => ({
    name,
    atMs: context.nowMs,
    actor: context.actor,
    accountId: job.accountId,
    jobId: job.jobId,
    executionId: null,
    reason: isMet ? null : 'dependency_failed',
    data,
  });
  if (!isMet) {
    const change = endUnstarted(snapshot, 'failed', context);
    return {
      ...change,
      events: [event('job.dependency-failed', { neededJobId }), ...change.events],
    };
  }
  const open = job.dependenciesOpen - 1;
  const met = event('job.dependency-met', { neededJobId, open });
  if (open > 0) return { job: { dependenciesOpen: open }, events: [met] };
  return {
    job: {
      dependenciesOpen: 0,
      queuedAtMs: context.nowMs,
      queueDeadlineMs: context.nowMs + job.spec.limits.queueSec * 1_000,
    },
    events: [met, event('job.released', {})],
  };
}
