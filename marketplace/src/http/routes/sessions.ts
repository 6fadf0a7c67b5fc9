import { addRoute } from '@node3/shared/http/add-route';
import {
  createSignIn as createSignInContract,
  endSessions as endAllContract,
  endSession as endContract,
  listSessions as listContract,
  openSession as openContract,
} from '@node3/shared/routes/sessions';
import { signInLimits } from '@node3/shared/sign-in-limits';
import type { FastifyInstance } from 'fastify';
import {
  createSignIn,
  endSession,
  endSessions,
  listSessions,
  openSession,
} from '../../services/manage-sessions.ts';
import type { HttpDeps } from '../http-deps.ts';
import { ownOrigin } from '../own-origin.ts';
import { publicWriteLimit } from '../rate-limit.ts';
import { assertOwnPage, sessionCookie } from '../session-cookie.ts';

export function addSessionRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  const signOut = sessionCookie(deps.publicUrl, null);
  addRoute(app, createSignInContract, {
    authenticate: deps.auth.public,
    config: publicWriteLimit,
    handler: ({ request }) => createSignIn(deps, ownOrigin(deps.publicUrl, request)),
  });
  addRoute(app, openContract, {
    authenticate: deps.auth.public,
    config: publicWriteLimit,
    async handler({ body, request, reply }) {
      // Else another page could sign a visitor in to an account that is not the visitor's.
      assertOwnPage(deps.publicUrl, request.raw);
      const agent = request.headers['user-agent']?.replaceAll(/[^ -~]/g, '') ?? null;
      const client = agent?.slice(0, signInLimits.sessionClientChars) ?? null;
      const origin = ownOrigin(deps.publicUrl, request);
      const { token, answer } = await openSession(deps, body, { origin, client });
      void reply.header('set-cookie', sessionCookie(deps.publicUrl, token));
      void reply.header('cache-control', 'no-store');
      return answer;
    },
  });
  addRoute(app, listContract, {
    authenticate,
    handler: ({ principal }) => listSessions(deps, principal),
  });
  addRoute(app, endContract, {
    authenticate,
    handler({ principal, params, reply }) {
      if (params.sessionId === principal.keyId) void reply.header('set-cookie', signOut);
      return endSession(deps, principal, params.sessionId);
    },
  });
  addRoute(app, endAllContract, {
    authenticate,
    handler({ principal, reply }) {
      void reply.header('set-cookie', signOut);
      return endSessions(deps, principal);
    },
  });
}
