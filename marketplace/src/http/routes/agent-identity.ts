import { addRoute } from '@node3/shared/http/add-route';
import {
  drainOwnAgent,
  getOwnAgent,
  resumeOwnAgent,
  rotateOwnKey,
  unregisterOwnAgent,
} from '@node3/shared/routes/agent-identity';
import type { FastifyInstance } from 'fastify';
import { viewOwnAgent } from '../../services/agent-state-view.ts';
import {
  type AgentStateRequest,
  drainAgent,
  resumeAgent,
  unregisterAgent,
} from '../../services/change-agent-state.ts';
import { rotateAgentKey } from '../../services/manage-keys.ts';
import type { AgentRow } from '../../store/rows.ts';
import type { HttpDeps } from '../http-deps.ts';

/** What an agent decides about itself. */
export function addAgentIdentityRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.agent;
  addRoute(app, getOwnAgent, {
    authenticate,
    handler: async ({ principal }) => viewOwnAgent(principal),
  });
  addRoute(app, drainOwnAgent, {
    authenticate,
    handler: async ({ principal }) => viewOwnAgent(await drainAgent(deps, byItself(principal))),
  });
  addRoute(app, resumeOwnAgent, {
    authenticate,
    handler: async ({ principal }) => viewOwnAgent(await resumeAgent(deps, byItself(principal))),
  });
  addRoute(app, unregisterOwnAgent, {
    authenticate,
    handler: async ({ principal }) =>
      viewOwnAgent(await unregisterAgent(deps, byItself(principal))),
  });
  addRoute(app, rotateOwnKey, {
    authenticate,
    handler: ({ principal, request }) =>
      rotateAgentKey(deps, principal.agentId, deps.auth.keyIdOf(request)),
  });
}

function byItself({ agentId }: AgentRow): AgentStateRequest {
  return { agentId, by: `agent:${agentId}`, reason: 'The agent asked for it.' };
}
