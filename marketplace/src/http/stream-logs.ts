import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import type { FastifyReply } from 'fastify';
import { followLogs, type LogPosition } from '../live/follow-logs.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { Measures } from '../observability/measures.ts';
import { viewLogLine } from '../services/job-views.ts';
import type { Store } from '../store/store.ts';
import { streamLines } from './stream-lines.ts';

interface Deps {
  log: Logger;
  store: Store;
  feed: LiveFeed;
  stopping: AbortSignal;
  measures: Pick<Measures, 'streams'>;
}

/**
 * Writes log lines as JSON lines, and after the last one `{"ended":true}` when the job is over.
 * Without that line the stream broke, and the reader comes back with the last `seq` it has.
 */
export async function streamLogs(
  deps: Deps,
  position: LogPosition,
  mode: 'follow' | 'once',
  reply: FastifyReply,
): Promise<void> {
  await streamLines(deps, reply, (signal) => logTexts(deps, position, mode, signal));
}

async function* logTexts(
  deps: Deps,
  position: LogPosition,
  mode: 'follow' | 'once',
  signal: AbortSignal,
): AsyncGenerator<string> {
  const pages = mode === 'follow' ? followLogs(deps, position, signal) : readAll(deps, position);
  for await (const lines of pages) {
    if (signal.aborted) return;
    yield lines.map((line) => `${JSON.stringify(viewLogLine(line))}\n`).join('');
  }
  if (signal.aborted) return;
  const job = await deps.store.job(position.jobId);
  if (job !== null && isTerminalJob(job.state)) yield '{"ended":true}\n';
}

async function* readAll(deps: Deps, position: LogPosition) {
  let { afterSeq } = position;
  for (;;) {
    const limit = limits.logLinesPerPage;
    const lines = await deps.store.readLogs({ ...position, afterSeq, limit });
    const last = lines.at(-1);
    if (last === undefined) return;
    afterSeq = last.seq;
    yield lines;
  }
}
