import type { ArgsOf, RouteContract } from '@node3/shared/contract';
import { addRoute } from '@node3/shared/http/add-route';
import { listDeviceProofs } from '@node3/shared/routes/gpu-proofs';
import {
  getOverview,
  getPublicAgent,
  listPublicAgents,
  listPublicJobs,
} from '@node3/shared/routes/marketplace';
import { listOffers } from '@node3/shared/routes/offers';
import { getPriceHistory, listPriceClasses } from '@node3/shared/routes/prices';
import { listRatings } from '@node3/shared/routes/ratings';
import type { FastifyInstance } from 'fastify';
import { agentLimits } from '../../agent-limits.ts';
import type { MarketplaceLink } from '../../marketplace-link/marketplace-link.ts';

type Link = Pick<MarketplaceLink, 'call'>;

/** The public board of the marketplace, so that the agent's page needs no other address. */
export function addMarketProxy(app: FastifyInstance, link: Link): void {
  pass(app, link, getOverview);
  pass(app, link, listPublicJobs);
  pass(app, link, listPublicAgents);
  pass(app, link, getPublicAgent);
  pass(app, link, listDeviceProofs);
  pass(app, link, listRatings);
  pass(app, link, listOffers);
  pass(app, link, listPriceClasses);
  pass(app, link, getPriceHistory);
}

function pass(app: FastifyInstance, link: Link, contract: RouteContract): void {
  addRoute(app, contract, {
    authenticate: () => null,
    handler: async ({ params, query }) => {
      const args = { params, query } as ArgsOf<RouteContract>;
      return link.call(contract, args, { timeoutMs: agentLimits.proxyTimeoutMs });
    },
  });
}
