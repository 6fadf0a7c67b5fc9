import { Readable } from 'node:stream';
import { MarketError } from '@node3/shared/error';
import type { RateRule } from '@node3/shared/rate-watch';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingPart } from '../services/keep-part.ts';
import { takeInPace } from './paced-bytes.ts';

/** Routes whose body is taken as it comes and never as a whole; others refuse such a body. */
export function acceptBytes(app: FastifyInstance, add: (bytes: FastifyInstance) => void): void {
  void app.register(async (bytes) => {
    bytes.removeAllContentTypeParsers();
    bytes.addContentTypeParser('application/octet-stream', (_request, payload, done) => {
      done(null, payload);
    });
    add(bytes);
  });
}

/** The part that a request carries, taken no slower than `pace`. */
export function incomingPart(
  { body, headers }: FastifyRequest,
  offset: number,
  pace: RateRule,
): IncomingPart {
  if (!(body instanceof Readable)) {
    const detail = 'The body has to be the bytes of the part, as application/octet-stream.';
    throw new MarketError('CONTENT_TYPE_UNSUPPORTED', { detail });
  }
  const length = headers['content-length'];
  return {
    offset,
    bytes: length === undefined ? null : Number(length),
    read: (signal) => takeInPace(body, pace, signal),
  };
}

/**
 * Runs what takes a body. Where that is over before the body is, the connection goes with the answer:
 * nobody reads the rest.
 */
export async function taking<T>(
  { raw }: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } finally {
    if (!raw.complete) void reply.header('connection', 'close');
  }
}
