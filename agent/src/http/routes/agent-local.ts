import {
  getAgentStatus,
  getLocalEarnings,
  getLocalLogTail,
  listLocalExecutions,
  setAgentMode,
} from '@node3/shared/routes/agent-local';
import type { FastifyInstance } from 'fastify';
import { addRoute } from '../add-route.ts';
import type { LocalApi } from '../local-api.ts';

export function addAgentLocalRoutes(app: FastifyInstance, api: LocalApi): void {
  addRoute(app, getAgentStatus, () => api.status());
  addRoute(app, getLocalEarnings, () => api.earnings());
  addRoute(app, listLocalExecutions, () => api.executions());
  addRoute(app, getLocalLogTail, ({ params }) => api.logTail(params.executionId));
  addRoute(app, setAgentMode, ({ body }) => ({ mode: api.setMode(body.mode) }));
}
