import type { FastifyReply } from 'fastify';

/** Leads to the next page of a list by `Link` (RFC 8288), where there is one. */
export function linkNext(reply: FastifyReply, url: string, cursor: string | null): void {
  if (cursor === null) return;
  const [path = '', query] = url.split('?', 2);
  const search = new URLSearchParams(query);
  search.set('cursor', cursor);
  void reply.header('link', `<${path}?${search.toString()}>; rel="next"`);
}
