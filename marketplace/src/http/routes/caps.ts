import { addRoute } from '@node3/shared/http/add-route';
import { getCaps, putAccountCaps, putKeyCaps } from '@node3/shared/routes/caps';
import type { FastifyInstance } from 'fastify';
import { readCaps, setAccountCaps, setKeyCaps } from '../../services/spending-caps.ts';
import type { HttpDeps } from '../http-deps.ts';
import { readIfMatch, tagged } from '../if-match.ts';
import { publicWriteLimit } from '../rate-limit.ts';

export function addCapRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, getCaps, {
    authenticate,
    async handler({ principal, reply }) {
      const view = await readCaps(deps, principal);
      return tagged(reply, view, view.account, view.key?.caps);
    },
  });
  addRoute(app, putAccountCaps, {
    authenticate,
    config: publicWriteLimit,
    async handler({ principal, body, request, reply }) {
      const view = await setAccountCaps(deps, principal, body, readIfMatch(request));
      return tagged(reply, view, view.account, view.key?.caps);
    },
  });
  addRoute(app, putKeyCaps, {
    authenticate,
    config: publicWriteLimit,
    async handler({ principal, params, body, request, reply }) {
      const view = await setKeyCaps(
        deps,
        principal,
        { ...params, ifMatch: readIfMatch(request) },
        body,
      );
      return tagged(reply, view, null, view.caps);
    },
  });
}
