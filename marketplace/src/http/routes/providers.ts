import { addRoute } from '@node3/shared/http/add-route';
import * as contracts from '@node3/shared/routes/providers';
import type { FastifyInstance } from 'fastify';
import {
  assignAgent,
  changeProvider,
  deleteProvider,
  registerProvider,
  setProviderState,
} from '../../services/manage-providers.ts';
import {
  listProviders,
  readProvider,
  readProviderHealth,
  readProviderStats,
} from '../../services/read-providers.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addProviderRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, contracts.registerProvider, {
    authenticate,
    async handler({ body }) {
      const { providerId } = await registerProvider(deps, body);
      return readProvider(deps, providerId);
    },
  });
  addRoute(app, contracts.listProviders, {
    authenticate,
    handler: async () => ({ data: await listProviders(deps) }),
  });
  addRoute(app, contracts.getProvider, {
    authenticate,
    handler: ({ params }) => readProvider(deps, params.provider),
  });
  addRoute(app, contracts.updateProvider, {
    authenticate,
    async handler({ params, body }) {
      const { providerId } = await changeProvider(deps, params.provider, body);
      return readProvider(deps, providerId);
    },
  });
  addRoute(app, contracts.setProviderState, {
    authenticate,
    async handler({ params, body }) {
      const wanted = { state: body.state, reason: body.reason ?? null };
      const { providerId } = await setProviderState(deps, params.provider, wanted);
      return readProvider(deps, providerId);
    },
  });
  addRoute(app, contracts.deleteProvider, {
    authenticate,
    async handler({ params }) {
      const { providerId } = await deleteProvider(deps, params.provider);
      return { providerId, deleted: true as const };
    },
  });
  addRoute(app, contracts.getProviderStats, {
    authenticate,
    handler: ({ params }) => readProviderStats(deps, params.provider),
  });
  addRoute(app, contracts.getProviderHealth, {
    authenticate,
    handler: ({ params, query }) => readProviderHealth(deps, params.provider, query),
  });
  addRoute(app, contracts.assignAgent, {
    authenticate,
    async handler({ params, body }) {
      const { name } = await assignAgent(deps, params.agentId, body.provider);
      return { agentId: params.agentId, provider: name };
    },
  });
}
