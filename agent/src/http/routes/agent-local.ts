import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import {
  changeLocalPolicy,
  getAgentStatus,
  getLocalEarnings,
  getLocalEconomics,
  getLocalLogTail,
  getLocalPolicy,
  listLocalExecutions,
  setAgentMode,
  stopAgent,
} from '@node3/shared/routes/agent-local';
import type { FastifyInstance } from 'fastify';
import type { LocalApi } from '../local-api.ts';

/** Who calls is not asked here: the server listens on loopback and its guard looks at every request. */
const authenticate = async () => null;

export function addAgentLocalRoutes(app: FastifyInstance, api: LocalApi): void {
  addRoute(app, getAgentStatus, { authenticate, handler: async () => api.status() });
  addRoute(app, getLocalEarnings, { authenticate, handler: async () => api.earnings() });
  addRoute(app, listLocalExecutions, { authenticate, handler: async () => api.executions() });
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
  addRoute(app, getLocalPolicy, { authenticate, handler: async () => api.policy() });
  addRoute(app, changeLocalPolicy, {
    authenticate,
    bodyLimit: limits.policyBytes,
    handler: async ({ body }) => api.changePolicy(body),
  });
}
