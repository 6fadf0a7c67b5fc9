import { assertMayScrape } from '@node3/shared/http/may-scrape';
import type { FastifyInstance } from 'fastify';
import type { AgentScrape } from '../../observability/agent-scrape.ts';

/** `GET /metrics` for Prometheus; a browser that asks for a page gets the dashboard's. */
export function addMetricsRoute(
  app: FastifyInstance,
  scrape: AgentScrape,
  token: string | null,
): void {
  app.get('/metrics', async (request, reply) => {
    void reply.header('vary', 'accept').header('cache-control', 'no-store');
    if (request.headers.accept?.includes('text/html') === true) {
      reply.callNotFound();
      return reply;
    }
    assertMayScrape(request, token);
    return reply.type(scrape.contentType).send(await scrape.text());
  });
}
