import type { Logger } from '@node3/shared/logger';
import type { FastifyReply } from 'fastify';

/** Proxies and our own server end connections that say nothing for a minute or two. */
const spaceMs = 15_000;

/**
 * Sends headers at once and the JSON when it is there, which may take an hour. Until then spaces keep
 * the connection; JSON may begin with them. `work` is told when nobody waits any more.
 */
export async function answerSlowly(
  { log }: { log: Logger },
  reply: FastifyReply,
  work: (gone: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const { raw } = reply;
  const headers = reply.getHeaders();
  reply.hijack();
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  if (raw.destroyed) return;
  const space = setInterval(() => {
    if (!raw.writableNeedDrain) raw.write(' ');
  }, spaceMs);
  try {
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) raw.setHeader(name, value);
    }
    raw.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    raw.flushHeaders();
    raw.end(JSON.stringify(await work(gone.signal)));
  } catch (error) {
    // The answer has begun, so the only way left to say that it failed is to break it off.
    raw.destroy();
    if (!gone.signal.aborted) log.error({ err: error }, 'slow answer failed');
  } finally {
    clearInterval(space);
  }
}
