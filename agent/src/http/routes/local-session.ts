import { addRoute } from '@node3/shared/http/add-route';
import { openLocalSession, proveAgent } from '@node3/shared/routes/agent-local';
import type { FastifyInstance } from 'fastify';
import type { LocalAccess } from '../local-access.ts';

const authenticate = () => null;

/** How programs and pages that have the token, or want its rights, and the agent get to know each other. */
export function addSessionRoutes(app: FastifyInstance, access: LocalAccess): void {
  addRoute(app, openLocalSession, {
    authenticate,
    async handler({ body, reply, request }) {
      const { cookie, pageKey } = access.openSession(body.token, request.headers);
      void reply.header('set-cookie', cookie).header('cache-control', 'no-store');
      return { pageKey };
    },
  });
  addRoute(app, proveAgent, {
    authenticate,
    handler: async ({ query, request }) => access.prove(query.nonce, request.headers),
  });
}
