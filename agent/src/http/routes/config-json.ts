import type { FastifyInstance } from 'fastify';

/** Tells the web app which views it shows; the marketplace answers the same address otherwise. */
export function addConfigRoute(app: FastifyInstance, version: string): void {
  const config = { mode: 'agent', version, cluster: null, docsUrl: null };
  app.get('/config.json', async (_request, reply) =>
    reply.header('cache-control', 'no-cache').send(config),
  );
}
