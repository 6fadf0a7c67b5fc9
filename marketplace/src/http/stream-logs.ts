import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import type { FastifyReply } from 'fastify';
import { followLogs, type LogPosition } from '../live/follow-logs.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import { viewLogLine } from '../services/job-views.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  log: Logger;
  store: Store;
  feed: LiveFeed;
  stopping: AbortSignal;
}

/** A stream with nothing to say sends an empty line this often; the server ends silent ones. */
const keepAliveMs = 30_000;

/**
 * Writes log lines as JSON lines, and after the last one `{"ended":true}` when the job is over.
 * Without that line the stream broke, and the reader comes back with the last `seq` it has. Empty
 * lines mean nothing.
 */
export async function streamLogs(
  deps: Deps,
  position: LogPosition,
  mode: 'follow' | 'once',
  reply: FastifyReply,
): Promise<void> {
  const { raw } = reply;
  reply.hijack();
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  if (raw.destroyed) return;
  const keepAlive = setInterval(() => {
    if (!raw.writableNeedDrain) raw.write('\n');
  }, keepAliveMs);
  try {
    raw.writeHead(200, {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    raw.flushHeaders();
    await writeLogs(deps, position, mode, raw, gone.signal);
    raw.end();
  } catch (error) {
    // The answer has begun, so the only way left to say that it failed is to break it off.
    raw.destroy();
    if (!gone.signal.aborted) deps.log.error({ err: error }, 'log stream failed');
  } finally {
    clearInterval(keepAlive);
  }
}

async function writeLogs(
  deps: Deps,
  position: LogPosition,
  mode: 'follow' | 'once',
  raw: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([gone, deps.stopping]);
  const pages = mode === 'follow' ? followLogs(deps, position, signal) : readAll(deps, position);
  for await (const lines of pages) {
    if (signal.aborted) return;
    const text = lines.map((line) => `${JSON.stringify(viewLogLine(line))}\n`).join('');
    if (!raw.write(text)) await drained(raw, signal);
  }
  if (signal.aborted) return;
  const job = await deps.store.job(position.jobId);
  if (job !== null && isTerminalJob(job.state)) raw.write('{"ended":true}\n');
}

/** Resolves when the reader has caught up, or when nobody waits for that any more. */
async function drained(raw: ServerResponse, signal: AbortSignal): Promise<void> {
  try {
    await once(raw, 'drain', { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
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
