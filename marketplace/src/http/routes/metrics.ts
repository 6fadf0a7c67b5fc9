import { assertMayScrape } from '@node3/shared/http/may-scrape';
import type { FastifyInstance } from 'fastify';
import { prefersPage } from '../prefers-page.ts';

export interface MetricsRouteOptions {
  /** null lets in programs of this machine, and nobody else. */
  token: string | null;
  scrape: () => Promise<string>;
  contentType: string;
}

/**
 * `GET /metrics` for Prometheus. A browser that asks for a page gets the web app's page of that
 * name, where there is one.
 */
export function addMetricsRoute(app: FastifyInstance, options: MetricsRouteOptions): void {
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    void reply.header('vary', 'accept').header('cache-control', 'no-store');
    if (prefersPage(request)) {
      reply.callNotFound();
      return reply;
    }
    assertMayScrape(request, options.token);
    return reply.type(options.contentType).send(await options.scrape());
  });
}
