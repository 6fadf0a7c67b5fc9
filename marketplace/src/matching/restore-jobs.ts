import type { Logger } from '@node3/shared/logger';
import type { JobStore, OpenJobRow } from '../store/job-store.ts';
import type { Matchmaker } from './matchmaker.ts';

interface Deps {
  store: Pick<JobStore, 'openJobs' | 'jobNeeds' | 'job'>;
  matchmaker: Matchmaker;
  log: Logger;
}

/** Read in some milliseconds each, so that a start of many seconds still answers signals. */
const pageRows = 5_000;
const sayEveryMs = 1_000;
const turnMs = 20;

/**
 * Fills the index with every queued job at start; a long queue says how far it is. `seen` hears of
 * the same jobs.
 */
export async function restoreJobs(
  { store, matchmaker, log }: Deps,
  seen: (jobs: readonly OpenJobRow[]) => void,
): Promise<void> {
  const startedAtMs = performance.now();
  const say = everyNow(sayEveryMs, () => {
    log.info({ jobs: matchmaker.openCount }, 'reading the open jobs');
  });
  const affine: string[] = [];
  const known = new Set<number>();
  const affineNeeds = new Set<number>();
  let afterJobId: string | null = null;
  for (;;) {
    const rows: OpenJobRow[] = await store.openJobs(afterJobId, pageRows);
    const unknown = new Set(rows.map(({ needsId }) => needsId).filter((id) => !known.has(id)));
    const needs = await store.jobNeeds([...unknown]);
    for (const id of unknown) known.add(id);
    for (const [id, { placement }] of needs) {
      if (placement.strategy === 'affinity') affineNeeds.add(id);
    }
    matchmaker.restore(rows, needs);
    seen(rows);
    for (const { jobId, needsId } of rows) if (affineNeeds.has(needsId)) affine.push(jobId);
    say();
    afterJobId = rows.at(-1)?.jobId ?? null;
    if (rows.length < pageRows) break;
    await nextTurn();
  }
  await finish(matchmaker.finishRestore());
  // What they would like an agent to know is in their specs.
  for (const jobId of affine) {
    const job = await store.job(jobId);
    if (job !== null) matchmaker.addJob(job);
  }
  const tookMs = Math.round(performance.now() - startedAtMs);
  log.info({ jobs: matchmaker.openCount, tookMs }, 'the index of open jobs is filled');
}

/** In turns, so that a long walk doesn't keep everything else from its own. */
async function finish(steps: Generator<void>): Promise<void> {
  let turnEndsAtMs = performance.now() + turnMs;
  while (steps.next().done !== true) {
    if (performance.now() < turnEndsAtMs) continue;
    await nextTurn();
    turnEndsAtMs = performance.now() + turnMs;
  }
}

function everyNow(everyMs: number, run: () => void): () => void {
  let nextAtMs = performance.now() + everyMs;
  return () => {
    if (performance.now() < nextAtMs) return;
    nextAtMs = performance.now() + everyMs;
    run();
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
