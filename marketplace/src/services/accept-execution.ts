import { limits } from '@node3/shared/limits';
import { prepareBackstopMs } from '../domain/overdue.ts';
import type { JobChange, JobSnapshot } from '../store/job-store.ts';
import type { Fence } from '../store/rows.ts';
import type { JobChangeDeps } from './change-job.ts';

/**
 * Takes an offer for good. From here on the agent owns the execution until its lease ends. Accepting
 * again renews nothing: the answer is what is left, or the agent would trust a lease it doesn't have.
 */
export async function acceptExecution(deps: JobChangeDeps, fence: Fence, agentId: string) {
  const nowMs = deps.clock.nowMs();
  const { execution } = await deps.store.changeExecution(fence, agentId, (snapshot) =>
    decideAccept(snapshot, agentId, nowMs),
  );
  return { leaseMs: Math.max(0, (execution?.leaseUntilMs ?? nowMs) - nowMs) };
}

function decideAccept(
  { job, execution }: JobSnapshot,
  agentId: string,
  nowMs: number,
): JobChange | null {
  if (execution === null || execution.acceptByMs === null) return null;
  return {
    execution: {
      acceptByMs: null,
      deadlineMs: prepareBackstopMs(nowMs, job.spec.limits.pullSec),
      leaseUntilMs: nowMs + limits.leaseMs,
      state: 'preparing',
    },
    events: [
      {
        name: 'execution.accepted',
        atMs: nowMs,
        actor: `agent:${agentId}`,
        accountId: job.accountId,
        jobId: job.jobId,
        executionId: execution.executionId,
        reason: null,
        data: { attempt: execution.attempt },
      },
    ],
  };
}
