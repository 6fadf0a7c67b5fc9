import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { MarketError } from '@node3/shared/error';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpDeps } from './http-deps.ts';

/** Paths that never answer with the web app, whatever a browser asks for. */
const apiPaths =
  /^\/(api|docs|execute|health|livez|readyz|openapi\.json|config\.json|assets)(\/|$|\?)/;

/** Serves the web app: hashed assets for ever, the page itself fresh, and every page path by it. */
export async function addStaticFiles(
  app: FastifyInstance,
  deps: Pick<HttpDeps, 'cluster' | 'version'>,
  dashboardDir: string | null,
): Promise<void> {
  app.get('/config.json', { schema: { hide: true } }, async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    return { mode: 'marketplace', version: deps.version, cluster: deps.cluster, docsUrl: '/docs' };
  });
  const hasPage = dashboardDir !== null && existsSync(join(dashboardDir, 'index.html'));
  if (hasPage) {
    await app.register(fastifyStatic, {
      root: dashboardDir,
      wildcard: false,
      cacheControl: false,
      setHeaders(reply, path) {
        const forever = path.includes('/assets/');
        void reply.header(
          'cache-control',
          forever ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    void reply.header('vary', 'accept');
    if (hasPage && wantsPage(request)) return reply.sendFile('index.html');
    const path = request.url.split('?')[0] ?? '';
    throw new MarketError('ROUTE_NOT_FOUND', { detail: `Nothing at ${request.method} ${path}.` });
  });
}

function wantsPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' || apiPaths.test(request.url)) return false;
  return request.headers.accept?.includes('text/html') ?? false;
}
