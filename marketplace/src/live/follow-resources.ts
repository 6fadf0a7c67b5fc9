import { isTerminalJob } from '@node3/shared/job-state';
import type { JobResources } from '@node3/shared/routes/job-resources';
import { readJobResources } from '../services/read-job-resources.ts';
import type { UsageBook } from '../services/usage-book.ts';
import type { ExecutionUsageStore } from '../store/execution-usage-store.ts';
import type { JobStore } from '../store/job-store.ts';
import type { LiveFeed } from './live-feed.ts';

interface Deps {
  store: Pick<JobStore, 'job' | 'executionsOfJob'> & Pick<ExecutionUsageStore, 'executionUsage'>;
  feed: Pick<LiveFeed, 'subscribeJob'>;
  usageBook: Pick<UsageBook, 'of' | 'since' | 'subscribe'>;
}

export interface ResourcesFrame {
  /** Grows with every reading and every attempt; going on after it leaves nothing out. */
  seq: number;
  /** Whether `resources` has all points, or those alone that changed after the frame before. */
  whole: boolean;
  resources: JobResources;
}

/** More readings than an attempt can have: `seq` is the attempt, and the reading in it. */
const readingsPerAttempt = 1_000_000_000;

/**
 * Yields what a job uses whenever its agent has told of it, and returns when the job is over. Readings
 * that came while the reader was busy are one frame.
 */
export async function* followResources(
  deps: Deps,
  jobId: string,
  since: number | null,
  signal: AbortSignal,
): AsyncGenerator<ResourcesFrame, void, undefined> {
  let told = { seq: since ?? -1, live: true };
  let executionId: string | null = null;
  let changed = false;
  let wake: (() => void) | null = null;
  const notify = () => {
    changed = true;
    wake?.();
  };
  const leaveJob = deps.feed.subscribeJob(jobId, notify);
  const leaveBook = deps.usageBook.subscribe((of) => {
    if (of === executionId) notify();
  });
  signal.addEventListener('abort', notify);
  try {
    while (!signal.aborted) {
      changed = false;
      const job = await deps.store.job(jobId);
      if (job === null) return;
      const resources = await readJobResources(deps, job, null);
      ({ executionId } = resources);
      const frame = frameOf(deps, resources, told.seq);
      const isOver = isTerminalJob(job.state) && !resources.live;
      if (frame.seq !== told.seq || resources.live !== told.live || isOver) yield frame;
      told = { seq: frame.seq, live: resources.live };
      if (isOver) return;
      if (changed) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted) resolve();
      });
      wake = null;
    }
  } finally {
    leaveJob();
    leaveBook();
    signal.removeEventListener('abort', notify);
  }
}

function frameOf({ usageBook }: Deps, resources: JobResources, since: number): ResourcesFrame {
  const { attempt, executionId } = resources;
  const before = (attempt ?? 0) * readingsPerAttempt;
  const known = since >= before && since < before + readingsPerAttempt ? since - before : 0;
  const news = executionId === null ? null : usageBook.since(executionId, known);
  // What is stored has fewer points than what was told while it ran.
  if (news === null) {
    return { seq: before + (resources.summary?.readings ?? 0), whole: true, resources };
  }
  const { whole, usage } = news;
  const { intervalMs, points, summary } = usage;
  const told = { ...resources, intervalMs, points, summary };
  return { seq: before + summary.readings, whole, resources: told };
}
