import { endAttempt } from '../domain/job-ending.ts';
import type { Fence } from '../store/rows.ts';
import { announceChange, endContext, type JobChangeDeps } from './change-job.ts';

/** Takes an execution back whose workload never started. The job goes to another agent. */
export async function releaseExecution(deps: JobChangeDeps, fence: Fence, agentId: string) {
  const context = await endContext(deps, `agent:${agentId}`, agentId);
  const outcome = await deps.store.changeExecution(fence, agentId, (snapshot) =>
    endAttempt(
      snapshot,
      {
        executionState: 'failed',
        reason: 'released_by_agent',
        detail: null,
        exitCode: null,
        runMs: 0,
        peakMemoryBytes: null,
        output: null,
        resultHash: null,
        isolation: null,
        imageDigest: null,
      },
      context,
    ),
  );
  announceChange(deps, outcome);
  return { state: outcome.job.state };
}
