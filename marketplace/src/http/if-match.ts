import { entityTag } from '@node3/shared/http/entity-tag';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The version that a caller means to change; null where it takes whatever is there. */
export function readIfMatch({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  return headers['if-match'] ?? null;
}

/** Gives an answer its tag: versions for `If-Match` first, then all of it. */
export function tagged<View>(reply: FastifyReply, view: View, ...versions: unknown[]): View {
  void reply.header('etag', entityTag(...versions, view));
  return view;
}
