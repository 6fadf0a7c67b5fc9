import { addRoute } from '@node3/shared/http/add-route';
import { getPublicProvider, listPublicProviders } from '@node3/shared/routes/public-providers';
import type { FastifyInstance } from 'fastify';
import { openPublicProviders } from '../../services/read-public-providers.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addPublicProviderRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.public;
  const providers = openPublicProviders(deps);
  addRoute(app, listPublicProviders, {
    authenticate,
    handler: async () => ({ data: await providers.list() }),
  });
  addRoute(app, getPublicProvider, {
    authenticate,
    handler: ({ params }) => providers.read(params.provider),
  });
}
