import { isMarketError } from '@node3/shared/error';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { MarketplaceMetrics } from './marketplace-metrics.ts';

/** Methods with routes of ours; HTTP allows any other word. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Requests under way, to be shown when somebody looks: their number changes twice with each. */
export interface HttpActivity {
  show(): void;
}

/**
 * Times every request by its route as it is declared, never by its path. Add it before the first
 * route. A stream or an upgrade ends when its connection does.
 */
export function addHttpMetrics(app: FastifyInstance, metrics: MarketplaceMetrics): HttpActivity {
  let inFlight = 0;
  app.addHook('onRequest', (request, reply, done) => {
    const startedMs = performance.now();
    inFlight += 1;
    reply.raw.once('close', () => {
      inFlight -= 1;
      noteAnswer(metrics, request, reply, (performance.now() - startedMs) / 1_000);
    });
    done();
  });
  app.addHook('onError', async (_request, _reply, error: unknown) => {
    if (!isMarketError(error)) return;
    if (error.code.startsWith('AUTH_')) {
      metrics.count('node3_auth_failures_total', { reason: error.code });
    }
    const { constraint } = error.context;
    if (error.code === 'JOB_UNSATISFIABLE' && typeof constraint === 'string') {
      metrics.count('node3_match_rejections_total', { requirement: constraint });
    }
  });
  return {
    show: () => metrics.show('node3_http_requests_in_flight', [{ labels: {}, value: inFlight }]),
  };
}

function noteAnswer(
  metrics: MarketplaceMetrics,
  { method, routeOptions }: FastifyRequest,
  reply: FastifyReply,
  seconds: number,
): void {
  const route = routeOptions.url ?? 'none';
  const { statusCode } = reply.raw;
  metrics.observe(
    'node3_http_request_duration_seconds',
    {
      route,
      method: methods.has(method) ? method : 'other',
      status_class: `${Math.floor(statusCode / 100)}xx`,
    },
    seconds,
  );
  if (statusCode === 429) metrics.count('node3_rate_limited_total', { route });
  if (reply.hasHeader('idempotency-replayed')) {
    metrics.count('node3_idempotency_replays_total', { route });
  }
}
