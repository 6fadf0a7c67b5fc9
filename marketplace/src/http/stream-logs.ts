import { once } from 'node:events';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { FastifyReply } from 'fastify';
import { followLogs, type LogPosition } from '../live/follow-logs.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import { viewLogLine } from '../services/job-views.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  store: Store;
  feed: LiveFeed;
  stopping: AbortSignal;
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
  const gone = new AbortController();
  const { raw } = reply;
  raw.on('close', () => gone.abort());
  reply.hijack();
  raw.writeHead(200, {
    'content-type': 'application/x-ndjson; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  raw.flushHeaders();
  const signal = AbortSignal.any([gone.signal, deps.stopping]);
  const pages = mode === 'follow' ? followLogs(deps, position, signal) : readAll(deps, position);
  for await (const lines of pages) {
    if (signal.aborted) break;
    const text = lines.map((line) => `${JSON.stringify(viewLogLine(line))}\n`).join('');
    if (!raw.write(text)) await Promise.race([once(raw, 'drain'), once(raw, 'close')]);
  }
  const job = await deps.store.job(position.jobId);
  if (!signal.aborted && job !== null && isTerminalJob(job.state)) raw.write('{"ended":true}\n');
  raw.end();
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
