import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { MarketError } from '@node3/shared/error';
import type { FastifyInstance } from 'fastify';

/** Serves the built dashboard. Its own paths all lead to index.html; the API's never do. */
export async function addDashboardFiles(
  app: FastifyInstance,
  dashboardDir: string | null,
): Promise<void> {
  const built = dashboardDir !== null && existsSync(join(dashboardDir, 'index.html'));
  if (built) {
    await app.register(fastifyStatic, {
      root: dashboardDir,
      preCompressed: true,
      setHeaders(reply, path) {
        // Built files carry a hash of their content in the name; index.html names them.
        const hashed = path.includes('/assets/');
        reply.header('cache-control', hashed ? 'max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const forPeople =
      request.method === 'GET' &&
      !request.url.startsWith('/api') &&
      request.headers.accept?.includes('text/html') === true;
    if (built && forPeople) return reply.sendFile('index.html');
    const detail = `There is nothing at ${request.method} ${request.url.slice(0, 200)}.`;
    throw new MarketError('ROUTE_NOT_FOUND', { detail });
  });
}
