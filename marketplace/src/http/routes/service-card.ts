import type { RouteContract } from '@node3/shared/contract';
import { addRoute } from '@node3/shared/http/add-route';
import { execute, executeAsync, getExecution } from '@node3/shared/routes/galaksio';
import { getHealth, getServiceCard } from '@node3/shared/routes/health';
import { createJob } from '@node3/shared/routes/jobs';
import {
  seedAccept,
  seedAvailable,
  seedComplete,
  seedFail,
  seedRegister,
} from '@node3/shared/routes/node3';
import { getX402 } from '@node3/shared/routes/x402';
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../http-deps.ts';
import { alsoPage } from '../static-files.ts';

const endpoints = {
  register: seedRegister,
  jobs: seedAvailable,
  accept: seedAccept,
  complete: seedComplete,
  fail: seedFail,
  execute,
  execute_async: executeAsync,
  execution: getExecution,
  post_job: createJob,
  x402: getX402,
  health: getHealth,
} satisfies Record<string, RouteContract>;

/** What programs find at the address itself, and where people find the documents. */
export function addServiceCard(app: FastifyInstance, deps: HttpDeps): void {
  const card = {
    name: 'node3 marketplace' as const,
    service: 'node3-marketplace' as const,
    version: deps.version,
    status: 'running' as const,
    environment: deps.cluster,
    docs: '/docs',
    openapi: '/openapi.json',
    endpoints: Object.fromEntries(
      Object.entries(endpoints).map(([name, { method, url }]) => [
        name,
        `${method} ${pathOf(url)}`,
      ]),
    ),
  };
  addRoute(app, getServiceCard, {
    authenticate: deps.auth.public,
    config: alsoPage,
    async handler({ reply }) {
      void reply.header('cache-control', 'no-cache');
      return card;
    },
  });
  // Redoc's bundle wants workers and styles that our policy forbids; this shows the same document.
  app.get('/redoc', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs', 308));
}

function pathOf(url: string): string {
  return url.replaceAll(/:(\w+)/g, '{$1}');
}
