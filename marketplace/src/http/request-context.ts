import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { withLogContext } from '@node3/shared/log-context';
import { readTraceparent } from '@node3/shared/traceparent';
import type { Tracer } from '@node3/shared/tracing';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Ids of callers' own making, short and harmless in any log; others get one of ours. */
const requestIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/** The id that a caller gave its request, or a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
}

/** Every line that is written for a request says which one, and whose job it is about. */
export function addRequestContext(app: FastifyInstance, tracer: Tracer | null): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const { jobId, executionId } = (request.params ?? {}) as Record<string, string | undefined>;
    const about = {
      requestId: request.id,
      ...(jobId !== undefined && { jobId }),
      ...(executionId !== undefined && { executionId }),
      ...(tracer !== null && { traceparent: traceRequest(tracer, request, reply) }),
    };
    withLogContext(about, done);
  });
}

/** @returns the span of the request: a part of its caller's trace, where it named one. */
function traceRequest(tracer: Tracer, request: FastifyRequest, reply: FastifyReply): string {
  const { method, routeOptions } = request;
  const route = routeOptions.url ?? 'none';
  const span = tracer.span({
    name: `${method} ${route}`,
    kind: 'server',
    parent: readTraceparent(request.headers['traceparent']),
    attributes: { 'http.request.method': method, 'http.route': route },
  });
  reply.raw.once('close', () => {
    const { statusCode } = reply.raw;
    span.end({
      attributes: { 'http.response.status_code': statusCode },
      ...(statusCode >= 500 && { error: `HTTP ${statusCode}` }),
    });
  });
  return span.traceparent;
}
