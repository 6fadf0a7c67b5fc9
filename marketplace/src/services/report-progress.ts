import type { NewEvent } from '@node3/shared/events';
import { type ExecutionPhase, executionPhases } from '@node3/shared/execution-state';
import type { ImagePull } from '@node3/shared/image-pull';
import { limits } from '@node3/shared/limits';
import { prepareBackstopMs, progressBackstopMs, runBackstopMs } from '../domain/overdue.ts';
import { runSecWithinCap } from '../domain/run-limit.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { JobChange, JobSnapshot } from '../store/job-store.ts';
import type { ExecutionRow, Fence, JobRow } from '../store/rows.ts';
import type { JobChangeDeps } from './change-job.ts';

export interface Progress {
  phase: ExecutionPhase;
  isolation: string | null;
  imageDigest: string | null;
  /** null where the agent says nothing of it. */
  imagePull: ImagePull | null;
}

/**
 * Notes the phase of an execution; the first `running` starts the job's run time. A phase is as good
 * as an accept, so it sets the deadline of the preparation where none is set: no execution is without.
 */
export async function reportProgress(
  deps: JobChangeDeps & { feed: Pick<LiveFeed, 'noteJob'> },
  fence: Fence,
  agentId: string,
  progress: Progress,
): Promise<{ verdict: 'continue' | 'cancel' }> {
  const nowMs = deps.clock.nowMs();
  const outcome = await deps.store.changeExecution(fence, agentId, (snapshot) =>
    decideProgress(snapshot, progress, agentId, nowMs),
  );
  const { job, execution } = outcome;
  if (progress.imagePull !== null) {
    await deps.store.recordImagePull(fence, agentId, progress.imagePull);
    deps.feed.noteJob(job.jobId);
  }
  const isStopped = job.cancelRequestedAtMs !== null || (execution?.preemptedAtMs ?? null) !== null;
  return { verdict: isStopped ? 'cancel' : 'continue' };
}

function decideProgress(
  { job, execution }: JobSnapshot,
  progress: Progress,
  agentId: string,
  nowMs: number,
): JobChange | null {
  if (execution === null) return null;
  const position = executionPhases.findIndex((phase) => phase === execution.state);
  if (executionPhases.indexOf(progress.phase) <= position) return null;
  const { gpus } = job.spec.resources;
  const starts = progress.phase === 'running' && job.startedAtMs === null;
  const event = (name: NewEvent['name'], data: NewEvent['data']): NewEvent => ({
    name,
    atMs: nowMs,
    actor: `agent:${agentId}`,
    accountId: job.accountId,
    jobId: job.jobId,
    executionId: execution.executionId,
    reason: null,
    data,
  });
  const changed = event('execution.phase-changed', { phase: progress.phase });
  return {
    execution: {
      state: progress.phase,
      acceptByMs: null,
      isolation: progress.isolation ?? execution.isolation,
      imageDigest: progress.imageDigest ?? execution.imageDigest,
      ...deadlinesOf({ job, execution }, progress.phase, nowMs),
    },
    ...(starts ? { job: { state: 'running', startedAtMs: nowMs } } : {}),
    events: starts
      ? [changed, event('job.started', { waitMs: nowMs - job.createdAtMs, gpus: gpus?.count ?? 0 })]
      : [changed],
  };
}

/** A program has to go on writing only while it runs; what comes after has the time of the run. */
function deadlinesOf(
  { job, execution }: { job: JobRow; execution: ExecutionRow },
  phase: ExecutionPhase,
  nowMs: number,
): Partial<Pick<ExecutionRow, 'startedAtMs' | 'deadlineMs' | 'runDeadlineMs' | 'progressMs'>> {
  const { pullSec, progressSec } = job.spec.limits;
  if (phase === 'running') {
    const runDeadlineMs = runBackstopMs(nowMs, runSecWithinCap(job.spec, execution));
    const progressMs = progressBackstopMs(progressSec);
    const deadlineMs = Math.min(runDeadlineMs, nowMs + (progressMs ?? Number.POSITIVE_INFINITY));
    return { startedAtMs: nowMs, deadlineMs, runDeadlineMs, progressMs };
  }
  if (phase === 'collecting') {
    const deadlineMs = nowMs + limits.uploadOutputsMs + limits.collectMs;
    return { deadlineMs, runDeadlineMs: deadlineMs, progressMs: null };
  }
  const preparedByMs = execution.deadlineMs ?? prepareBackstopMs(nowMs, pullSec);
  return { deadlineMs: execution.runDeadlineMs ?? preparedByMs, progressMs: null };
}
