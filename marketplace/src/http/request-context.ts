import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { withLogContext } from '@node3/shared/log-context';
import type { FastifyInstance } from 'fastify';

/** Ids of callers' own making, short and harmless in any log; others get one of ours. */
const requestIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/** The id that a caller gave its request, or a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
}

/** Every line that is written for a request says which one, and whose job it is about. */
export function addRequestContext(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const { jobId, executionId } = (request.params ?? {}) as Record<string, string | undefined>;
    const about = {
      requestId: request.id,
      ...(jobId !== undefined && { jobId }),
      ...(executionId !== undefined && { executionId }),
    };
    withLogContext(about, done);
  });
}
