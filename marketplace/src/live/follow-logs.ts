import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { JobStore, LogQuery, LogStreams } from '../store/job-store.ts';
import { firstLines, firstPage } from '../store/log-page.ts';
import type { LogBlockRow } from '../store/rows.ts';
import type { LiveFeed } from './live-feed.ts';

interface Deps {
  store: Pick<JobStore, 'readLogBlocks' | 'job'>;
  feed: LiveFeed;
}

export interface LogPosition {
  jobId: string;
  afterSeq: number;
  /** The last line that is wanted; null for all. */
  untilSeq: number | null;
  stream: LogStreams;
}

/** Yields the lines that are stored by now, page after page, as they lie together. */
export async function* readStoredLogs(
  deps: Pick<Deps, 'store'> & Partial<Deps>,
  position: LogPosition,
  linesMax: number = limits.logLinesPerPage,
): AsyncGenerator<LogBlockRow[], number, undefined> {
  let { afterSeq } = position;
  while (position.untilSeq === null || afterSeq < position.untilSeq) {
    const query = { ...position, afterSeq, limit: linesMax };
    const blocks = wanted(
      position,
      recentIn(deps, query) ?? (await deps.store.readLogBlocks(query)),
    );
    const last = blocks.at(-1);
    if (last === undefined) return afterSeq;
    afterSeq = last.seq + last.lineCount - 1;
    yield blocks;
  }
  return Number.MAX_SAFE_INTEGER;
}

/** null where they have to be read from the store: lines of some streams are picked out there alone. */
function recentIn({ feed }: Partial<Deps>, { jobId, stream, afterSeq, limit }: LogQuery) {
  const blocks = stream === null ? feed?.recentLogs(jobId, afterSeq) : null;
  return blocks ? firstPage(blocks, limit) : null;
}

function wanted({ untilSeq }: LogPosition, blocks: LogBlockRow[]): LogBlockRow[] {
  if (untilSeq === null) return blocks;
  const begun = blocks.filter(({ seq }) => seq <= untilSeq);
  return begun.map((block) => {
    const count = Math.min(block.lineCount, untilSeq - block.seq + 1);
    return count === block.lineCount ? block : firstLines(block, count);
  });
}

/**
 * Yields pages of log lines as they are stored and returns when the job is over and read to its
 * end. The reader sets the pace: what it has not taken stays in the store, not in memory.
 */
export async function* followLogs(
  deps: Deps,
  position: LogPosition,
  signal: AbortSignal,
  linesMax: number = limits.logLinesPerPage,
): AsyncGenerator<LogBlockRow[], void, undefined> {
  const lastSeq = position.untilSeq ?? Number.MAX_SAFE_INTEGER;
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
    while (!signal.aborted && afterSeq < lastSeq) {
      changed = false;
      // Asked before reading: what was stored before the end is then read for certain.
      const job = await deps.store.job(position.jobId);
      const read = readStoredLogs(deps, { ...position, afterSeq }, linesMax);
      let page = await read.next();
      for (; page.done !== true && !signal.aborted; page = await read.next()) yield page.value;
      if (page.done !== true) return;
      afterSeq = page.value;
      if (job === null || isTerminalJob(job.state)) return;
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
