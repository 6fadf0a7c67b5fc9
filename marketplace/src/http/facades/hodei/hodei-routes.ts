import { addRoute } from '@node3/shared/http/add-route';
import {
  hodeiAuditLogs,
  hodeiHealth,
  hodeiMetrics,
  hodeiOwnHealth,
  hodeiStats,
} from '@node3/shared/routes/hodei-platform';
import type { FastifyInstance } from 'fastify';
import type { HttpDeps } from '../../http-deps.ts';
import { setHodeiErrorHandler } from './hodei-errors.ts';
import { addHodeiJobRoutes } from './hodei-job-routes.ts';
import { addHodeiProviderRoutes } from './hodei-provider-routes.ts';
import { readHodeiAudit } from './read-hodei-audit.ts';
import { readHodeiMetrics, readHodeiStats } from './read-hodei-metrics.ts';

/** Hodei's REST below /hodei: our own API has the same paths with other bodies. */
export async function addHodeiRoutes(app: FastifyInstance, deps: HttpDeps): Promise<void> {
  await app.register(async (api) => {
    setHodeiErrorHandler(api);
    addHodeiJobRoutes(api, deps);
    addHodeiProviderRoutes(api, deps);
    addPageRoutes(api, deps);
  });
}

function addPageRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, hodeiAuditLogs, {
    authenticate,
    handler: async ({ principal, query }) => ({
      success: true as const,
      data: await readHodeiAudit(deps, principal, query),
    }),
  });
  addRoute(app, hodeiStats, {
    authenticate,
    handler: async ({ principal }) => ({
      success: true as const,
      data: await readHodeiStats(deps, principal.accountId),
    }),
  });
  addRoute(app, hodeiMetrics, {
    authenticate,
    handler: async ({ principal, query }) => ({
      success: true as const,
      data: await readHodeiMetrics(deps, principal.accountId, query.range ?? '24H'),
    }),
  });
  for (const contract of [hodeiHealth, hodeiOwnHealth]) {
    addRoute(app, contract, {
      authenticate: deps.auth.public,
      async handler({ reply }) {
        const { status, version, timestamp } = await deps.readHealth();
        const success = status !== 'unhealthy';
        if (!success) void reply.status(503);
        return { success, data: { status, version, timestamp } };
      },
    });
  }
}
