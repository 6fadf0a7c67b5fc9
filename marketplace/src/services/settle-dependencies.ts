import { decideDependency } from '../domain/dependencies.ts';
import type { EndContext } from '../domain/job-ending.ts';
import { announceChange, endContext, type JobChangeDeps } from './change-job.ts';

/** Waiting jobs that one turn looks at: each is a write, and so many share a commit. */
const settledMax = 500;
/** Ended jobs of one turn: a long chain has one of them at a time, so that others need not wait for it. */
const endedMax = 250;

/**
 * Releases or ends what waited for jobs that have ended, one write for each, so that a long chain is
 * many small transactions. What is not done when the process dies is still on the list.
 * @returns how many were looked at; 0 when nothing was left to do.
 */
export async function settleDependencies(deps: JobChangeDeps): Promise<number> {
  const ended = await deps.store.endedDependencies(endedMax);
  if (ended.length === 0) return 0;
  const context = await endContext(deps, 'marketplace', null);
  const each = Math.floor(settledMax / ended.length);
  const settled = await Promise.allSettled(
    ended.map((neededJobId) => settleSome(deps, neededJobId, each, context)),
  );
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return ended.length;
}

async function settleSome(
  deps: JobChangeDeps,
  neededJobId: string,
  max: number,
  context: EndContext,
): Promise<void> {
  const waiting = await deps.store.waitingFor(neededJobId, max);
  const writes = waiting.map(async (jobId) => {
    const outcome = await deps.store.settleDependency(neededJobId, jobId, (snapshot, isMet) =>
      decideDependency(snapshot, neededJobId, isMet, context),
    );
    if (outcome !== null) announceChange(deps, outcome);
  });
  // In the same commit; it takes nothing off the list that somebody still waits for.
  const finished = deps.store.finishDependency(neededJobId);
  const settled = await Promise.allSettled([...writes, finished]);
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
}
