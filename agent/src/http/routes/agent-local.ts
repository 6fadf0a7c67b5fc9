import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import {
  type AgentStatus,
  changeLocalPolicy,
  getAgentStatus,
  getLocalEarnings,
  getLocalEconomics,
  getLocalLogTail,
  getLocalPolicy,
  type LocalPolicy,
  listLocalExecutions,
  listResultEarnings,
  setAgentMode,
  stopAgent,
} from '@node3/shared/routes/agent-local';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { LocalAccess } from '../local-access.ts';
import type { LocalApi } from '../local-api.ts';

/** The server has asked for the token before: `local-access.ts`. */
const authenticate = () => null;

export function addAgentLocalRoutes(
  app: FastifyInstance,
  api: LocalApi,
  access: LocalAccess,
): void {
  addRoute(app, getAgentStatus, {
    authenticate: ({ headers }) => access.callerOf(headers),
    handler: async ({ principal }) =>
      principal === 'provider' ? api.status() : withoutContent(api.status()),
  });
  addRoute(app, getLocalEarnings, { authenticate, handler: async () => api.earnings() });
  addRoute(app, listLocalExecutions, {
    authenticate,
    handler: async ({ query }) => api.executions(query),
  });
  addRoute(app, getLocalLogTail, {
    authenticate,
    handler: async ({ params }) => api.logTail(params.executionId),
  });
  addRoute(app, setAgentMode, {
    authenticate,
    handler: async ({ body }) => ({ mode: api.setMode(body.mode) }),
  });
  addRoute(app, stopAgent, { authenticate, handler: async () => api.stop() });
  addRoute(app, getLocalEconomics, { authenticate, handler: async () => api.economics() });
  addRoute(app, listResultEarnings, {
    authenticate,
    handler: async ({ query }) => api.resultEarnings(query.limit ?? limits.listPageMax),
  });
  addRoute(app, getLocalPolicy, {
    authenticate,
    handler: async ({ reply }) => tagged(reply, api.policy()),
  });
  addRoute(app, changeLocalPolicy, {
    authenticate,
    bodyLimit: limits.policyBytes,
    handler: async ({ body, reply, request }) =>
      tagged(reply, await api.changePolicy(body, readIfMatch(request.headers['if-match']))),
  });
}

/** What a requester said of its job is for its provider alone. */
function withoutContent(status: AgentStatus): AgentStatus {
  return {
    ...status,
    active: status.active.map((execution) => ({ ...execution, name: null, image: null })),
  };
}

function tagged(reply: FastifyReply, policy: LocalPolicy): LocalPolicy {
  void reply.header('etag', `"${policy.version}"`).header('cache-control', 'no-store');
  return policy;
}

/** null where any version is meant. A tag that is none of ours matches no version. */
function readIfMatch(header: string | undefined): string | null {
  return header === undefined || header === '*' ? null : header.replaceAll('"', '');
}
