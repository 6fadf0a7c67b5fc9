import type { EndContext } from '../domain/job-ending.ts';
import { decideOverdue } from '../domain/overdue.ts';
import { announceChange, endContext, type JobChangeDeps } from './change-job.ts';

/** How many overdue jobs one turn handles; the next turn takes the rest. */
const sweepMax = 500;

/**
 * Applies every deadline that has passed: queue time, unaccepted offers, dead leases, overdue runs.
 * Together they prove that no job lives for ever.
 */
export async function sweepDeadlines(
  deps: JobChangeDeps,
  nowMs = deps.clock.nowMs(),
): Promise<number> {
  const due = await deps.store.overdue(nowMs, sweepMax);
  // Judged by the time of the look: while we waited for the store nobody may have been able to renew.
  const context = { ...(await endContext(deps, 'marketplace', null)), nowMs };
  const settled = await Promise.allSettled(due.map(({ jobId }) => sweepJob(deps, jobId, context)));
  let changed = 0;
  for (const result of settled) {
    if (result.status === 'rejected') throw result.reason;
    if (result.value === 'changed') changed += 1;
  }
  return changed;
}

/**
 * Announces each change as soon as it is stored, as every other service does: a job that is queued
 * again here and cancelled right after must not enter the index last, and one job that fails must
 * not keep the others out of it.
 */
async function sweepJob(deps: JobChangeDeps, jobId: string, context: EndContext) {
  const outcome = await deps.store.changeJob(jobId, (snapshot, ledger) =>
    decideOverdue(snapshot, context, ledger),
  );
  if (outcome === null || !outcome.changed) return 'unchanged';
  announceChange(deps, outcome);
  return 'changed';
}
