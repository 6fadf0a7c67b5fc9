import { addRoute } from '@node3/shared/http/add-route';
import { getUsage } from '@node3/shared/routes/usage';
import type { FastifyInstance } from 'fastify';
import { readUsage } from '../../services/read-usage.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addUsageRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, getUsage, {
    authenticate: deps.auth.requester,
    handler: ({ principal, query }) => readUsage(deps, principal.accountId, query),
  });
}
