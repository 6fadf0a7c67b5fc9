import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import { limits } from '@node3/shared/limits';
import { getJobLogs, type LogLine, logStreams } from '@node3/shared/routes/jobs';
import type { Patience } from './patience.ts';

/** The sequence number of the last line seen; 0 for none. Moves on as lines come. */
export interface LogCursor {
  after: number;
}

export interface LogStreamOptions {
  client: Client;
  jobId: string;
  cursor: LogCursor;
  /** One stream or several with commas between them; all without. */
  stream?: string;
  /** What the first request leaves out; those after it go on from the last line seen. */
  start?: LogStart;
  patience: Patience;
  signal: AbortSignal;
}

export interface LogStart {
  after: number;
  /** Lines from the end. */
  last?: number;
  /** RFC 3339. */
  since?: string;
}

/** A server that closes streams politely before the job is over must not make us spin. */
const reopenPauseMs = 200;

/**
 * Every line of a job after the cursor, as it comes, until the job is over. A lost connection is
 * opened again after the last line seen, so no line is lost and none comes twice.
 */
export async function* followLog(options: LogStreamOptions): AsyncGenerator<LogLine, void> {
  const { patience, signal } = options;
  while (!signal.aborted) {
    try {
      yield* readLive(options);
      // The answer may have ended with the job, or with a proxy that had enough of it.
      if ((yield* readPages(options)) === 'ended') return;
      patience.succeed();
      await sleep(reopenPauseMs, undefined, { signal });
    } catch (error) {
      await patience.fail(error);
    }
  }
}

async function* readLive(options: LogStreamOptions): AsyncGenerator<LogLine, void> {
  const { client, jobId, cursor, patience, signal } = options;
  const query = { ...selection(options), follow: true };
  for await (const value of client.lines(getJobLogs, { params: { jobId }, query }, { signal })) {
    patience.succeed();
    const line = readLogLine(value);
    if (line === null || line.seq <= cursor.after) continue;
    cursor.after = line.seq;
    yield line;
  }
}

/** The lines stored now. @returns whether the job is over and these were its last lines. */
export async function* readPages(
  options: Omit<LogStreamOptions, 'patience'>,
): AsyncGenerator<LogLine, 'ended' | 'open'> {
  const { client, jobId, cursor, signal } = options;
  let state: 'more' | 'ended' | 'open' = 'more';
  while (state === 'more') {
    const from = cursor.after;
    const query = { ...selection(options), limit: limits.logLinesPerPage };
    const page = await client.call(getJobLogs, { params: { jobId }, query }, { signal });
    for (const line of page.data) {
      if (line.seq <= cursor.after) continue;
      cursor.after = line.seq;
      yield line;
    }
    cursor.after = Math.max(cursor.after, page.nextAfter);
    if (page.ended) state = 'ended';
    else if (cursor.after === from) state = 'open';
  }
  return state === 'ended' ? 'ended' : 'open';
}

function selection({ cursor, stream, start }: Omit<LogStreamOptions, 'patience'>) {
  const isFirst = start !== undefined && cursor.after === start.after;
  return {
    ...(isFirst ? start : {}),
    after: cursor.after,
    ...(stream === undefined ? {} : { stream }),
  };
}

/** A stream may carry keep-alive objects; only what has the shape of a line is one. */
function readLogLine(value: unknown): LogLine | null {
  if (typeof value !== 'object' || value === null) return null;
  const line = value as Partial<LogLine>;
  const known = logStreams.some((stream) => stream === line.stream);
  if (!known || typeof line.seq !== 'number' || typeof line.text !== 'string') return null;
  return line as LogLine;
}
