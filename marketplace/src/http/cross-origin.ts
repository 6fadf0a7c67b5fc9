import type { FastifyInstance } from 'fastify';

const methods = 'GET, HEAD, POST, PUT, DELETE';
const requestHeaders = [
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'prefer',
  'x-api-key',
  'x-request-id',
].join(', ');
const answerHeaders = [
  'etag',
  'idempotency-replayed',
  'link',
  'location',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'x-request-id',
].join(', ');
/** As long as browsers keep such an answer at most. */
const preflightSec = 7_200;

/** The configuration of routes that every page may read: who has the address has all that it takes. */
export const anyOrigin = { anyOrigin: true } as const;

/**
 * Lets pages of these origins call the API, with keys only: cookies never go to another origin. An empty
 * list lets none in and changes no answer but those of routes that are `anyOrigin`.
 */
export function addCrossOrigin(app: FastifyInstance, origins: readonly string[]): void {
  app.addHook('onRequest', ({ routeOptions }, { raw }, done) => {
    if ((routeOptions.config as { anyOrigin?: boolean }).anyOrigin === true) {
      raw.setHeader('access-control-allow-origin', '*');
      raw.setHeader('access-control-expose-headers', answerHeaders);
    }
    done();
  });
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  // What varies by something else as well says both.
  app.addHook('onSend', async (_request, reply) => {
    const vary = String(reply.getHeader('vary') ?? '');
    if (!vary.includes('Origin')) void reply.header('vary', `${vary}, Origin`);
  });
  app.addHook('onRequest', (request, reply, done) => {
    // On the raw answer: a stream that writes its own head has them, too.
    const { raw } = reply;
    raw.setHeader('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) {
      done();
      return;
    }
    raw.setHeader('access-control-allow-origin', origin);
    raw.setHeader('access-control-expose-headers', answerHeaders);
    const isPreflight =
      request.method === 'OPTIONS' &&
      request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight) {
      done();
      return;
    }
    void reply
      .status(204)
      .header('access-control-allow-methods', methods)
      .header('access-control-allow-headers', requestHeaders)
      .header('access-control-max-age', String(preflightSec))
      .send();
  });
}
