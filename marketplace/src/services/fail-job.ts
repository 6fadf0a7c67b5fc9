import { MarketError } from '@node3/shared/error';
import { isTerminalJob } from '@node3/shared/job-state';
import { type EndContext, endAttempt, endWithoutResult } from '../domain/job-ending.ts';
import { runSecWithinCap } from '../domain/run-limit.ts';
import type { JobChange, JobSnapshot, LedgerView } from '../store/job-store.ts';
import type { JobRow } from '../store/rows.ts';
import { announceChange, endContext, type JobChangeDeps } from './change-job.ts';

/**
 * Ends a job that an agent holds as the marketplace's own failure: the requester gets everything
 * back, and the provider its run time out of the fees earned. For operators, when they know that a
 * run can't be settled as it should. Throws JOB_NOT_FOUND, or JOB_STATE_INVALID for a job that waits
 * or is over: that one is cancelled, or settled, as ever.
 */
export async function failJob(deps: JobChangeDeps, jobId: string, detail: string): Promise<JobRow> {
  const found = await deps.store.job(jobId);
  if (found === null) throw new MarketError('JOB_NOT_FOUND', { jobId });
  const context = await endContext(deps, 'operator', found.agentId);
  const outcome = await deps.store.changeJob(jobId, (snapshot, ledger) =>
    decideFailure(snapshot, detail, context, { ledger, agentId: found.agentId }),
  );
  const job = outcome?.job ?? found;
  if (outcome === null || !outcome.changed) {
    const words = `The job is ${job.state}; only one that an agent holds can be failed.`;
    throw new MarketError('JOB_STATE_INVALID', { detail: words, jobId, state: job.state });
  }
  announceChange(deps, outcome);
  const { execution } = outcome;
  if (execution !== null) {
    deps.cancels.add(execution.agentId, execution.executionId, execution.attempt);
  }
  return job;
}

function decideFailure(
  snapshot: JobSnapshot,
  detail: string,
  context: EndContext,
  { ledger, agentId }: { ledger: LedgerView; agentId: string | null },
): JobChange | null {
  const { job, execution } = snapshot;
  // Another agent by now than the one whose wallet was looked up: the operator looks again.
  if (execution === null || isTerminalJob(job.state) || execution.agentId !== agentId) return null;
  const ranMs = execution.startedAtMs === null ? 0 : context.nowMs - execution.startedAtMs;
  const runMs = Math.max(0, Math.min(ranMs, runSecWithinCap(job.spec, execution) * 1_000));
  const end = { ...endWithoutResult('failed', 'marketplace_error'), detail, runMs };
  return endAttempt(snapshot, end, { ...context, retry: 'no' }, ledger);
}
