import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { JobStore } from '../store/job-store.ts';
import type { LogLineRow } from '../store/rows.ts';
import type { LiveFeed } from './live-feed.ts';

interface Deps {
  store: Pick<JobStore, 'readLogs' | 'job'>;
  feed: LiveFeed;
}

export interface LogPosition {
  jobId: string;
  afterSeq: number;
  stream: LogLineRow['stream'] | null;
}

/**
 * Yields pages of log lines as they are stored and returns when the job is over and read to its
 * end. The reader sets the pace: what it has not taken stays in the store, not in memory.
 */
export async function* followLogs(
  deps: Deps,
  position: LogPosition,
  signal: AbortSignal,
): AsyncGenerator<LogLineRow[], void, undefined> {
  let { afterSeq } = position;
  let changed = false;
  let wake: (() => void) | null = null;
  const notify = () => {
    changed = true;
    wake?.();
  };
  const leave = deps.feed.subscribeLogs(position.jobId, notify);
  signal.addEventListener('abort', notify);
  try {
    while (!signal.aborted) {
      changed = false;
      const job = await deps.store.job(position.jobId);
      const ended = job === null || isTerminalJob(job.state);
      const lines = await deps.store.readLogs({
        ...position,
        afterSeq,
        limit: limits.logLinesPerPage,
      });
      const last = lines.at(-1);
      if (last !== undefined) {
        afterSeq = last.seq;
        yield lines;
        continue;
      }
      if (ended) return;
      if (changed) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = null;
    }
  } finally {
    leave();
    signal.removeEventListener('abort', notify);
  }
}
