import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { LiveFeed } from '../live/live-feed.ts';
import type { JobStore } from '../store/job-store.ts';
import { isFullPage } from '../store/log-page.ts';
import type { JobRow, LogLineRow } from '../store/rows.ts';

interface Deps {
  store: Pick<JobStore, 'job' | 'execution' | 'readLogs'>;
  feed: LiveFeed;
}

export interface JobOutput {
  job: JobRow;
  /** Text of the last attempt; a long one ends in a mark. */
  stdout: string;
  stderr: string;
  /** null while nothing has ended. */
  runMs: number | null;
}

/** Resolves when the job is over or the signal aborts, with the job as it is then. */
export async function awaitJob(deps: Deps, job: JobRow, signal: AbortSignal): Promise<JobRow> {
  const read = async () => (await deps.store.job(job.jobId)) ?? job;
  const isEnd = ({ state }: JobRow) => isTerminalJob(state);
  return followJob(deps.feed, { jobId: job.jobId, read, isEnd, signal });
}

interface Following<Sight> {
  jobId: string;
  read: () => Promise<Sight>;
  isEnd: (sight: Sight) => boolean;
  signal: AbortSignal;
}

/** Reads at once, and again after each stored event of the job, until `isEnd` or the signal aborts. */
export async function followJob<Sight>(
  feed: LiveFeed,
  following: Following<Sight>,
): Promise<Sight> {
  const { jobId, read, isEnd, signal } = following;
  let wake = () => {};
  let changed = false;
  const notify = () => {
    changed = true;
    wake();
  };
  const leave = feed.subscribeJob(jobId, notify);
  signal.addEventListener('abort', notify);
  try {
    for (;;) {
      changed = false;
      const sight = await read();
      if (isEnd(sight) || signal.aborted) return sight;
      if (changed) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    leave();
    signal.removeEventListener('abort', notify);
  }
}

/** What a job wrote and how long it ran. */
export async function readJobOutput(deps: Deps, job: JobRow): Promise<JobOutput> {
  const execution = job.executionId === null ? null : await deps.store.execution(job.executionId);
  const [stdout, stderr] = await Promise.all([
    readStream(deps, job, 'stdout'),
    readStream(deps, job, 'stderr'),
  ]);
  return { job, stdout, stderr, runMs: execution?.runMs ?? null };
}

async function readStream(
  { store }: Deps,
  { jobId, attempt }: JobRow,
  stream: LogLineRow['stream'],
): Promise<string> {
  let text = '';
  let afterSeq = 0;
  while (text.length < limits.answeredOutputChars) {
    const limit = limits.logLinesPerPage;
    const lines = await store.readLogs({ jobId, afterSeq, limit, stream });
    for (const line of lines) {
      if (line.attempt === attempt) text += line.partial ? line.text : `${line.text}\n`;
    }
    const last = lines.at(-1);
    if (last === undefined || !isFullPage(lines, limit)) return text;
    afterSeq = last.seq;
  }
  return `${text.slice(0, limits.answeredOutputChars)}\n[cut off; the rest is in the job's logs]`;
}
