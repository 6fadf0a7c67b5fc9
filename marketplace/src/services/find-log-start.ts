import type { JobStore, LogStreams } from '../store/job-store.ts';
import type { LogStore } from '../store/log-store.ts';
import type { JobRow } from '../store/rows.ts';

interface Deps {
  store: Pick<JobStore, 'readLogs'> & Pick<LogStore, 'logTail'>;
}

/** What of a log is asked for; each part that is given leaves out more. */
export interface LogSelection {
  after: number;
  /** Lines from the end; null for all. */
  last: number | null;
  /** Wall time of the first line, as the agents' clocks tell it; null for any. */
  sinceMs: number | null;
  stream: LogStreams;
}

/** The sequence number after which the selected lines begin. */
export async function findLogStart(
  deps: Deps,
  job: Pick<JobRow, 'jobId' | 'logLines'>,
  { after, last, sinceMs, stream }: LogSelection,
): Promise<number> {
  const { jobId } = job;
  const [tail, since] = await Promise.all([
    last === null ? 0 : deps.store.logTail({ jobId, stream, count: last }),
    sinceMs === null ? 0 : seqBefore(deps, job, sinceMs),
  ]);
  return Math.max(after, tail, since);
}

/** Halves the log until it has the place: times grow with the numbers, but for clocks set back. */
async function seqBefore(
  { store }: Deps,
  { jobId, logLines }: Pick<JobRow, 'jobId' | 'logLines'>,
  sinceMs: number,
): Promise<number> {
  let [before, end] = [0, logLines];
  while (before < end) {
    const middle = Math.floor((before + end) / 2);
    const [line] = await store.readLogs({ jobId, afterSeq: middle, limit: 1, stream: null });
    if (line === undefined || line.atMs >= sinceMs) end = middle;
    else before = middle + 1;
  }
  return before;
}
