import { Readable } from 'node:stream';
import { MarketError } from '@node3/shared/error';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingPart } from '../services/keep-part.ts';

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

export function incomingPart({ body, headers }: FastifyRequest, offset: number): IncomingPart {
  if (!(body instanceof Readable)) {
    const detail = 'The body has to be the bytes of the part, as application/octet-stream.';
    throw new MarketError('CONTENT_TYPE_UNSUPPORTED', { detail });
  }
  const length = headers['content-length'];
  return { offset, bytes: length === undefined ? null : Number(length), body };
}
