import type { Actor } from '@node3/shared/events';
import { endAttempt, endWithoutResult } from '../domain/job-ending.ts';
import type { ExecutionRow } from '../store/rows.ts';
import { announceChange, endContext, type JobChangeDeps } from './change-job.ts';

/**
 * Ends whatever an agent holds that is no longer one of ours. Its jobs go back to the queue as far as
 * they have attempts left; the agent is told to stop, and its lease can't be renewed any more.
 */
export async function endExecutionsOf(
  deps: JobChangeDeps,
  { agentId, by, reason }: { agentId: string; by: Actor; reason: string | null },
): Promise<void> {
  const live = await deps.store.liveExecutions(agentId);
  const context = await endContext(deps, by, agentId);
  // Giving a started job back of one's own accord is a failure; being sent away is nobody's.
  const cause = by === 'operator' ? ('agent_removed' as const) : ('released_by_agent' as const);
  const end = { ...endWithoutResult('lost', cause), detail: reason };
  const endOne = async ({ jobId, executionId, attempt }: ExecutionRow) => {
    const outcome = await deps.store.changeJob(jobId, (snapshot, ledger) =>
      snapshot.execution?.executionId === executionId
        ? endAttempt(snapshot, end, context, ledger)
        : null,
    );
    if (outcome === null || !outcome.changed) return;
    announceChange(deps, outcome);
    deps.cancels.add(agentId, executionId, attempt);
  };
  const settled = await Promise.allSettled(live.map(endOne));
  deps.cancels.poke(agentId);
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
}
