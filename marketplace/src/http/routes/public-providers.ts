import { addRoute } from '@node3/shared/http/add-route';
import { getPublicProvider, listPublicProviders } from '@node3/shared/routes/public-providers';
import type { FastifyInstance } from 'fastify';
import {
  listPublicProviders as listShown,
  readPublicProvider,
} from '../../services/read-public-providers.ts';
import { shareAnswers } from '../../services/share-answers.ts';
import type { HttpDeps } from '../http-deps.ts';

/** As for the other lists that anybody may ask for. */
const spacingMs = 250;

export function addPublicProviderRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.public;
  const askProviders = shareAnswers(deps.clock, spacingMs, () => listShown(deps));
  addRoute(app, listPublicProviders, {
    authenticate,
    handler: async () => ({ data: await askProviders() }),
  });
  addRoute(app, getPublicProvider, {
    authenticate,
    handler: ({ params }) => readPublicProvider(deps, params.provider),
  });
}
