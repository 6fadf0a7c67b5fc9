import { addRoute } from '@node3/shared/http/add-route';
import { getHealth } from '@node3/shared/routes/health';
import { getOverview, listPublicAgents, listPublicJobs } from '@node3/shared/routes/marketplace';
import type { FastifyInstance } from 'fastify';
import {
  listPublicAgents as listAgents,
  listPublicJobs as listJobs,
  readOverview,
} from '../../services/read-marketplace.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addMarketplaceRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.public;
  addRoute(app, getHealth, {
    authenticate,
    async handler({ reply }) {
      const health = await deps.readHealth();
      if (health.status === 'unhealthy') void reply.status(503);
      return health;
    },
  });
  addRoute(app, getOverview, { authenticate, handler: () => readOverview(deps) });
  addRoute(app, listPublicJobs, {
    authenticate,
    handler: async () => ({ data: await listJobs(deps) }),
  });
  addRoute(app, listPublicAgents, {
    authenticate,
    async handler() {
      const agents = await listAgents(deps);
      return { data: agents.map(({ wallet: _private, ...agent }) => agent) };
    },
  });
}
