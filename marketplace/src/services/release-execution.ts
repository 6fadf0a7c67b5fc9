import { endAttempt, endWithoutResult } from '../domain/job-ending.ts';
import type { Fence } from '../store/rows.ts';
import { announceChange, endContext, type JobChangeDeps } from './change-job.ts';

/** Takes an execution back whose workload never started. The job goes to another agent. */
export async function releaseExecution(deps: JobChangeDeps, fence: Fence, agentId: string) {
  const context = await endContext(deps, `agent:${agentId}`, agentId);
  const outcome = await deps.store.changeExecution(fence, agentId, (snapshot, ledger) =>
    endAttempt(snapshot, endWithoutResult('failed', 'released_by_agent'), context, ledger),
  );
  announceChange(deps, outcome);
  return { state: outcome.job.state };
}
