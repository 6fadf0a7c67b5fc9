import { addRoute } from '@node3/shared/http/add-route';
import { getCaps, putAccountCaps, putKeyCaps } from '@node3/shared/routes/caps';
import type { FastifyInstance } from 'fastify';
import { readCaps, setAccountCaps, setKeyCaps } from '../../services/spending-caps.ts';
import type { HttpDeps } from '../http-deps.ts';
import { publicWriteLimit } from '../rate-limit.ts';

export function addCapRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, getCaps, { authenticate, handler: ({ principal }) => readCaps(deps, principal) });
  addRoute(app, putAccountCaps, {
    authenticate,
    config: publicWriteLimit,
    handler: ({ principal, body }) => setAccountCaps(deps, principal, body),
  });
  addRoute(app, putKeyCaps, {
    authenticate,
    config: publicWriteLimit,
    handler: ({ principal, params, body }) => setKeyCaps(deps, principal, params.keyId, body),
  });
}
