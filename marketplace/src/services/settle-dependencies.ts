import { decideDependency } from '../domain/dependencies.ts';
import { announceChange, endContext, type JobChangeDeps } from './change-job.ts';

/** Jobs that one turn looks at: each is a write, and so many share a commit. */
const settledMax = 500;

/**
 * Releases or ends what waited for jobs that have ended, one write for each, so that a long chain is
 * many small transactions. What is not done when the process dies is still on the list.
 * @returns how many were looked at; 0 when nothing was left to do.
 */
export async function settleDependencies(deps: JobChangeDeps): Promise<number> {
  const [neededJobId] = await deps.store.endedDependencies(1);
  if (neededJobId === undefined) return 0;
  const waiting = await deps.store.waitingFor(neededJobId, settledMax);
  const context = await endContext(deps, 'marketplace', null);
  const settled = await Promise.allSettled(
    waiting.map(async (jobId) => {
      const outcome = await deps.store.settleDependency(neededJobId, jobId, (snapshot, isMet) =>
        decideDependency(snapshot, neededJobId, isMet, context),
      );
      if (outcome !== null) announceChange(deps, outcome);
    }),
  );
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  if (waiting.length < settledMax) await deps.store.finishDependency(neededJobId);
  return waiting.length + 1;
}
