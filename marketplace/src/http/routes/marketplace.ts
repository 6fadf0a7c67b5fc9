import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import { getHealth, getLive, getReady } from '@node3/shared/routes/health';
import {
  getOverview,
  getPublicAgent,
  listPublicAgents,
  listPublicJobs,
} from '@node3/shared/routes/marketplace';
import type { FastifyInstance } from 'fastify';
import { searchBoard } from '../../domain/search-board.ts';
import { listPublicAgents as listAgents, readPublicAgent } from '../../services/read-agents.ts';
import { readinessOf } from '../../services/read-health.ts';
import { readBoard, readOverview } from '../../services/read-marketplace.ts';
import { shareAnswers } from '../../services/share-answers.ts';
import { answerHealth } from '../answer-health.ts';
import type { HttpDeps } from '../http-deps.ts';

/** Each of these reads much, /health even writes; all are open to everybody. */
const spacingMs = 250;

export function addMarketplaceRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.public;
  const askHealth = shareAnswers(deps.clock, spacingMs, () => deps.readHealth());
  const askOverview = shareAnswers(deps.clock, spacingMs, () => readOverview(deps));
  const askJobs = shareAnswers(deps.clock, spacingMs, () => readBoard(deps, limits.boardJobsMax));
  const askAgents = shareAnswers(deps.clock, spacingMs, () => listAgents(deps));
  addRoute(app, getHealth, {
    authenticate,
    async handler({ request, reply }) {
      const health = await askHealth();
      if (health.status === 'unhealthy') void reply.status(503);
      void reply.header('cache-control', 'no-store');
      return answerHealth(deps, health, request);
    },
  });
  addRoute(app, getLive, { authenticate, handler: async () => ({ alive: true as const }) });
  addRoute(app, getReady, {
    authenticate,
    async handler({ reply }) {
      const readiness = readinessOf(await askHealth());
      if (!readiness.ready) void reply.status(503);
      return readiness;
    },
  });
  addRoute(app, getOverview, { authenticate, handler: askOverview });
  addRoute(app, listPublicJobs, {
    authenticate,
    handler: async ({ query }) => searchBoard(await askJobs(), query),
  });
  addRoute(app, listPublicAgents, {
    authenticate,
    handler: async () => ({ data: await askAgents() }),
  });
  addRoute(app, getPublicAgent, {
    authenticate,
    async handler({ params }) {
      const agent = await readPublicAgent(deps, params.agentId);
      if (agent === null) throw new MarketError('AGENT_NOT_FOUND', params);
      return agent;
    },
  });
}
