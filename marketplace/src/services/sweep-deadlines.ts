import { decideOverdue } from '../domain/overdue.ts';
import { announceChange, endContext, type JobChangeDeps } from './change-job.ts';

/** How many overdue jobs one turn handles; the next turn takes the rest. */
const sweepMax = 500;

/**
 * Applies every deadline that has passed: queue time, unaccepted offers, dead leases, overdue runs.
 * Together they prove that no job lives for ever.
 */
export async function sweepDeadlines(deps: JobChangeDeps): Promise<number> {
  const due = await deps.store.overdue(deps.clock.nowMs(), sweepMax);
  const context = await endContext(deps, 'marketplace', null);
  const outcomes = await Promise.all(
    due.map(({ jobId }) =>
      deps.store.changeJob(jobId, (snapshot) => decideOverdue(snapshot, context)),
    ),
  );
  let changed = 0;
  for (const outcome of outcomes) {
    if (outcome === null || !outcome.changed) continue;
    announceChange(deps, outcome);
    changed += 1;
  }
  return changed;
}
