import type { ServerResponse } from 'node:http';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import type { FastifyReply } from 'fastify';
import { drained } from '../live/drained.ts';
import type { Measures } from '../observability/measures.ts';

interface Deps {
  log: Logger;
  stopping: AbortSignal;
  measures: Pick<Measures, 'streams'>;
}

/** How a stream looks on the wire. */
export interface StreamForm {
  contentType: string;
  /** Says that the stream lives, in a way that means nothing. */
  keepAlive: string;
  /** Proxies that hold answers back would hold back the stream. */
  headers?: Record<string, string>;
  /** Said last to a reader that was too slow; without it the stream just breaks off. */
  dropped?: string;
}

export const jsonLines: StreamForm = {
  contentType: 'application/x-ndjson; charset=utf-8',
  keepAlive: '\n',
  dropped: '{"dropped":true}\n',
};

/** A stream with nothing to say says so this often; the server ends silent ones. */
const keepAliveMs = 30_000;

/** More parts than this cost more one by one than as a copy. */
const partsMax = 64;

/**
 * Answers with texts as they come, no faster than the reader takes them. `texts` yields whole lines,
 * also in parts that belong together, and ends early when its signal aborts: nobody reads any more, or the service stops. A stream that
 * fails is broken off, since its answer has begun.
 */
export async function streamLines(
  deps: Deps,
  reply: FastifyReply,
  texts: (signal: AbortSignal) => AsyncIterable<string | readonly string[]>,
  form: StreamForm = jsonLines,
): Promise<void> {
  const { raw } = reply;
  reply.hijack();
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  if (raw.destroyed) return;
  raw.once('close', deps.measures.streams.opened('ndjson'));
  const keepAlive = setInterval(() => {
    if (!raw.writableNeedDrain && form.keepAlive !== '') raw.write(form.keepAlive);
  }, keepAliveMs);
  try {
    raw.writeHead(200, {
      ...rateHeaders(reply),
      'content-type': form.contentType,
      'cache-control': 'no-store',
      ...form.headers,
    });
    if (reply.request.method === 'HEAD') {
      raw.end();
      return;
    }
    raw.flushHeaders();
    const signal = AbortSignal.any([gone.signal, deps.stopping]);
    for await (const text of texts(signal)) {
      if (signal.aborted) break;
      if (!write(raw, text) && !(await drained(raw, signal))) {
        deps.measures.streams.dropped('ndjson');
        drop(raw, form.dropped ?? '');
        return;
      }
    }
    raw.end();
  } catch (error) {
    raw.destroy();
    if (!gone.signal.aborted) deps.log.error({ err: error }, 'stream of lines failed');
  } finally {
    clearInterval(keepAlive);
  }
}

/** @returns whether the reader takes more at once. */
function write(raw: ServerResponse, text: string | readonly string[]): boolean {
  if (typeof text === 'string') return raw.write(text);
  if (text.length > partsMax) return raw.write(text.join(''));
  // A part of nothing would be the end of the answer.
  const taken = text.filter((part) => part !== '').map((part) => raw.write(part));
  return taken.every(Boolean);
}

/** A hijacked answer has none of the headers that were set for it. */
function rateHeaders(reply: FastifyReply): Record<string, string> {
  const names = ['ratelimit', 'ratelimit-policy'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = reply.getHeader(name);
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

/** The mark is the last thing that a reader finds that goes on after all; then it comes again. */
function drop(raw: ServerResponse, mark: string): void {
  raw.end(mark);
  setTimeout(() => raw.destroy(), limits.streamStallMs).unref();
}
