import { addRoute } from '@node3/shared/http/add-route';
import * as contracts from '@node3/shared/routes/hodei-platform';
import type { FastifyInstance } from 'fastify';
import { registerProvider, setProviderState } from '../../../services/manage-providers.ts';
import { listProviders, readProvider } from '../../../services/read-providers.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { readNewProvider, viewProvider } from './hodei-mapping.ts';

export function addHodeiProviderRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  const byOperator = deps.auth.operator;
  const show = async (word: string) => ({
    success: true as const,
    data: viewProvider(await readProvider(deps, word)),
  });
  addRoute(app, contracts.hodeiRegisterProvider, {
    authenticate: byOperator,
    handler: async ({ body }) => show((await registerProvider(deps, readNewProvider(body))).name),
  });
  addRoute(app, contracts.hodeiListProviders, {
    authenticate,
    handler: async () => ({
      success: true as const,
      data: { providers: (await listProviders(deps)).map(viewProvider) },
    }),
  });
  addRoute(app, contracts.hodeiGetProvider, {
    authenticate,
    handler: ({ params }) => show(params.provider),
  });
  addRoute(app, contracts.hodeiEnableProvider, {
    authenticate: byOperator,
    async handler({ params }) {
      const wanted = { state: 'active', reason: null } as const;
      return show((await setProviderState(deps, params.provider, wanted)).name);
    },
  });
  addRoute(app, contracts.hodeiDisableProvider, {
    authenticate: byOperator,
    async handler({ params }) {
      const wanted = { state: 'disabled', reason: null } as const;
      return show((await setProviderState(deps, params.provider, wanted)).name);
    },
  });
}
