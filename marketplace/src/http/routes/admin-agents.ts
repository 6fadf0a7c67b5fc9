import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import {
  drainAgent as drainContract,
  getAdminAgent,
  issueRegistrationToken as issueContract,
  listAgents as listAgentsContract,
  listRegistrationTokens as listTokensContract,
  resumeAgent as resumeContract,
  revokeRegistrationToken as revokeTokenContract,
  setAgentEnabled,
  unregisterAgent as unregisterContract,
} from '@node3/shared/routes/admin-agents';
import type { FastifyInstance } from 'fastify';
import {
  disableAgent,
  drainAgent,
  enableAgent,
  resumeAgent,
  unregisterAgent,
} from '../../services/change-agent-state.ts';
import { listAdminAgents, readAdminAgent } from '../../services/read-agents.ts';
import {
  issueRegistrationToken,
  listRegistrationTokens,
  revokeRegistrationToken,
} from '../../services/registration-tokens.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addAdminAgentRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  const by = 'operator' as const;
  addRoute(app, listAgentsContract, {
    authenticate,
    handler: async () => ({ data: await listAdminAgents(deps) }),
  });
  addRoute(app, getAdminAgent, {
    authenticate,
    handler: ({ params }) => show(deps, params.agentId),
  });
  addRoute(app, drainContract, {
    authenticate,
    async handler({ params, body }) {
      await drainAgent(deps, { ...params, by, reason: body.reason ?? null });
      return show(deps, params.agentId);
    },
  });
  addRoute(app, resumeContract, {
    authenticate,
    async handler({ params }) {
      await resumeAgent(deps, { ...params, by, reason: null });
      return show(deps, params.agentId);
    },
  });
  addRoute(app, setAgentEnabled, {
    authenticate,
    async handler({ params, body }) {
      const request = { ...params, by, reason: body.reason ?? null };
      const agent = await (body.enabled ? enableAgent : disableAgent)(deps, request);
      return { ...params, enabled: agent.state !== 'disabled' };
    },
  });
  addRoute(app, unregisterContract, {
    authenticate,
    async handler({ params, body }) {
      await unregisterAgent(deps, { ...params, by, reason: body.reason ?? null });
      return show(deps, params.agentId);
    },
  });
  addTokenRoutes(app, deps);
}

function addTokenRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, issueContract, {
    authenticate,
    handler: ({ body }) => issueRegistrationToken(deps, body),
  });
  addRoute(app, listTokensContract, { authenticate, handler: () => listRegistrationTokens(deps) });
  addRoute(app, revokeTokenContract, {
    authenticate,
    handler: ({ params }) => revokeRegistrationToken(deps, params.tokenId),
  });
}

async function show(deps: HttpDeps, agentId: string) {
  const agent = await readAdminAgent(deps, agentId);
  if (agent === null) throw new MarketError('AGENT_NOT_FOUND', { agentId });
  return agent;
}
