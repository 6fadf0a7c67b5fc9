import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import {
  drainAgent as drainContract,
  getAdminAgent,
  issueRegistrationToken as issueContract,
  listRegistrationTokens as listTokensContract,
  resumeAgent as resumeContract,
  revokeRegistrationToken as revokeTokenContract,
  setAgentEnabled,
  unregisterAgent as unregisterContract,
} from '@node3/shared/routes/admin-agents';
import {
  exportAgents as exportContract,
  fleetColumns,
  listAgents as listAgentsContract,
} from '@node3/shared/routes/fleet';
import type { FastifyInstance } from 'fastify';
import {
  disableAgent,
  drainAgent,
  enableAgent,
  resumeAgent,
  unregisterAgent,
} from '../../services/change-agent-state.ts';
import { readAdminAgent } from '../../services/read-agents.ts';
import { exportFleet, readFleet } from '../../services/read-fleet.ts';
import {
  issueRegistrationToken,
  listRegistrationTokens,
  revokeRegistrationToken,
} from '../../services/registration-tokens.ts';
import type { HttpDeps } from '../http-deps.ts';
import { streamLines } from '../stream-lines.ts';
import { tableForms, tableTexts } from '../table-file.ts';

const forms = tableForms('fleet');

export function addAdminAgentRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  const by = 'operator' as const;
  addRoute(app, listAgentsContract, {
    authenticate,
    handler: ({ query }) => readFleet(deps, query),
  });
  addRoute(app, exportContract, {
    authenticate,
    async handler({ query, reply }) {
      const { format = 'csv', ...selection } = query;
      const pages = await exportFleet(deps, selection);
      const texts = () => tableTexts(format, fleetColumns, pages);
      await streamLines(deps, reply, texts, forms[format]);
      return '';
    },
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
