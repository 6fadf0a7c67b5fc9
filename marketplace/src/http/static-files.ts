import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { MarketError } from '@node3/shared/error';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDeps } from './http-deps.ts';
import { prefersPage } from './prefers-page.ts';

/** Paths that never answer with the web app, whatever a browser asks for. */
const apiPaths =
  /^\/(api|docs|execute|health|livez|readyz|openapi\.json|config\.json|assets|embed)(\/|$|\?)/;

const assetPath = /^\/assets\/[\w-][\w.-]*$/;

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The configuration of routes where the web app has a page as well. */
export const alsoPage = { alsoPage: true } as const;

/** The same, and the page is at another address: this one, with the id of the job, or of the link to it. */
export function pageAt(prefix: string) {
  return { alsoPage: true, pageAt: prefix } as const;
}

/** Assets have their content in their name; what others load by one name is new within minutes. */
function cachingOf(path: string): string {
  if (path.includes('/assets/')) return 'public, max-age=31536000, immutable';
  return path.includes('/embed/') ? 'public, max-age=300' : 'no-cache';
}

/**
 * Serves the web app: hashed assets for ever, the page itself fresh, and every page path by it. Call it
 * before the routes: those that are `alsoPage` answer with the page to whoever would rather have that,
 * before they ask for a key.
 */
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
      // The address itself is a route: programs get something else there.
      index: false,
      cacheControl: false,
      preCompressed: true,
      setHeaders(reply, path) {
        void reply.header('cache-control', cachingOf(path));
        // What pages of others load: nothing in it is anybody's.
        if (path.includes('/embed/')) {
          void reply
            .header('access-control-allow-origin', '*')
            .header('cross-origin-resource-policy', 'cross-origin');
        }
      },
    });
  }
  app.addHook('onRoute', (route) => {
    if ((route.config as { alsoPage?: boolean } | undefined)?.alsoPage !== true) return;
    route.onRequest = [pageFirst, ...[route.onRequest ?? []].flat()];
  });
  function pageFirst(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    void reply.header('vary', 'accept');
    if (!hasPage || !prefersPage(request)) {
      done();
      return;
    }
    const { pageAt: prefix } = request.routeOptions.config as { pageAt?: string };
    const { jobId, linkId = '' } = Object(request.params) as { jobId?: string; linkId?: string };
    const { search } = new URL(request.url, 'http://any');
    if (prefix === undefined) void reply.sendFile('index.html');
    else void reply.redirect(prefix + encodeURIComponent(jobId ?? linkId) + search, 302);
  }
  app.setNotFoundHandler(async (request, reply) => {
    void reply.header('vary', 'accept');
    if (hasPage && !apiPaths.test(request.url) && prefersPage(request))
      return reply.sendFile('index.html');
    const path = request.url.split('?')[0] ?? '';
    // Of a build that came after the start: the files of the one before are the routes.
    if (hasPage && isRead(request) && assetPath.test(path)) {
      const found = await stat(join(dashboardDir, path)).catch(() => null);
      if (found?.isFile() === true) return reply.sendFile(path);
    }
    throw new MarketError('ROUTE_NOT_FOUND', { detail: `Nothing at ${request.method} ${path}.` });
  });
}
