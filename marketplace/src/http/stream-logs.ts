import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import type { FastifyReply } from 'fastify';
import { followLogs, type LogPosition, readStoredLogs } from '../live/follow-logs.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { Measures } from '../observability/measures.ts';
import type { LogBlockRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { LogForm } from './log-forms.ts';
import { streamLines } from './stream-lines.ts';

interface Deps {
  log: Logger;
  store: Store;
  feed: LiveFeed;
  stopping: AbortSignal;
  measures: Pick<Measures, 'streams'>;
}

export interface LogStreaming {
  position: LogPosition;
  mode: 'follow' | 'once';
  form: LogForm;
  /** What is made of the stored lines before they are written; left out, nothing. */
  shape?: (blocks: LogBlockRow[]) => LogBlockRow[];
}

/**
 * Writes log lines in one of the forms, and their end when the job is over. A stream without that
 * end broke, and the reader comes back with the last `seq` it has.
 */
export async function streamLogs(
  deps: Deps,
  streaming: LogStreaming,
  reply: FastifyReply,
): Promise<void> {
  await streamLines(deps, reply, (signal) => logTexts(deps, streaming, signal), streaming.form);
}

async function* logTexts(
  deps: Deps,
  { position, mode, form, shape }: LogStreaming,
  signal: AbortSignal,
): AsyncGenerator<string | string[]> {
  const { jobId } = position;
  const isFollowed = mode === 'follow';
  // A batch is read whole for any of its lines.
  const linesMax = limits.logLinesPerBatch;
  const pages = isFollowed
    ? followLogs(deps, position, signal, linesMax)
    : readStoredLogs(deps, position, linesMax);
  for await (const blocks of pages) {
    if (signal.aborted) return;
    const shaped = shape === undefined ? blocks : shape(blocks);
    if (shaped.length > 0) yield form.lines(shaped);
  }
  if (signal.aborted) return;
  const [job, removedAtMs] = await Promise.all([
    deps.store.job(jobId),
    deps.store.logRemovedAtMs(jobId),
  ]);
  if (job !== null && isTerminalJob(job.state)) yield form.end({ removedAtMs });
}
