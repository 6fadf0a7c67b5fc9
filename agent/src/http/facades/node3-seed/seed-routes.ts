import { addRoute } from '@node3/shared/http/add-route';
import {
  type SeedAgentStatus,
  seedAgentEarnings,
  seedAgentJobs,
  seedAgentMarketAgents,
  seedAgentMarketJobs,
  seedAgentSocketUrl,
  seedAgentStart,
  seedAgentStatus,
  seedAgentStop,
} from '@node3/shared/routes/node3-agent';
import { seedAgents, seedJobs } from '@node3/shared/routes/node3-reads';
import type { FastifyInstance } from 'fastify';
import { agentLimits } from '../../../agent-limits.ts';
import type { Journal } from '../../../journal/journal.ts';
import type { MarketplaceLink } from '../../../marketplace-link/marketplace-link.ts';
import type { LocalApi } from '../../local-api.ts';
import type { StatusFeed } from '../../status-feed.ts';
import { toSeedAgentEarnings, toSeedAgentStatus, toSeedPastJob } from './seed-mapping.ts';

export interface SeedFacadeDeps {
  api: LocalApi;
  journal: Pick<Journal, 'listRecent'>;
  link: Pick<MarketplaceLink, 'call' | 'url'>;
}

/** The server has asked for the token before, where one is needed: `local-access.ts`. */
const authenticate = () => null;

/** What the agent of the node3 seed serves to its own page. */
export function addSeedRoutes(app: FastifyInstance, deps: SeedFacadeDeps): void {
  const { api, journal } = deps;
  addRoute(app, seedAgentStatus, { authenticate, handler: async () => readSeedStatus(api) });
  addRoute(app, seedAgentJobs, {
    authenticate,
    handler: async () => ({
      jobs: journal.listRecent(agentLimits.historyRows).map(toSeedPastJob),
    }),
  });
  addRoute(app, seedAgentEarnings, {
    authenticate,
    handler: async () => toSeedAgentEarnings(api.earnings().earnings),
  });
  addRoute(app, seedAgentStart, {
    authenticate,
    async handler() {
      const isHeld = api.status().state === 'held';
      if (api.mode() === 'run' && !isHeld) return { status: 'already_running' as const };
      api.setMode('run');
      return { status: 'started' as const };
    },
  });
  addRoute(app, seedAgentStop, {
    authenticate,
    async handler() {
      if (api.mode() === 'run') api.setMode('pause');
      return { status: 'stopped' as const };
    },
  });
  addMarketRoutes(app, deps);
}

/** The marketplace's public lists, so that the agent's page needs no other address. */
function addMarketRoutes(app: FastifyInstance, { link }: SeedFacadeDeps): void {
  const options = { timeoutMs: agentLimits.proxyTimeoutMs };
  addRoute(app, seedAgentMarketJobs, {
    authenticate,
    async handler() {
      const board = await link.call(seedJobs, {}, options);
      return { jobs: board.available, ...board };
    },
  });
  addRoute(app, seedAgentMarketAgents, {
    authenticate,
    handler: () => link.call(seedAgents, {}, options),
  });
}

/** Each message is the body of `GET /api/status`. */
export function addSeedSocket(app: FastifyInstance, feed: StatusFeed): void {
  app.get(seedAgentSocketUrl, { websocket: true }, (socket) => {
    feed.add(socket);
  });
}

export function readSeedStatus(api: LocalApi): SeedAgentStatus {
  return toSeedAgentStatus(api.status(), api.mode(), api.earnings().earnings);
}
