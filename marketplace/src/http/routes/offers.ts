import { addRoute } from '@node3/shared/http/add-route';
import { listOffers } from '@node3/shared/routes/offers';
import { getPriceHistory, listPriceClasses } from '@node3/shared/routes/prices';
import type { FastifyInstance } from 'fastify';
import { searchOffers } from '../../domain/search-offers.ts';
import { PriceDays } from '../../services/price-days.ts';
import { ProofLabels } from '../../services/proof-labels.ts';
import { readOffers } from '../../services/read-offers.ts';
import { listClasses, readPriceHistory } from '../../services/read-prices.ts';
import { shareAnswers } from '../../services/share-answers.ts';
import type { HttpDeps } from '../http-deps.ts';

/** As for the other lists that anybody may ask for. */
const spacingMs = 250;

/** What GPUs are to be had, and for how much now and before. */
export function addOfferRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.public;
  const { store, clock } = deps;
  const labels = new ProofLabels(store, clock);
  const askOffers = shareAnswers(clock, spacingMs, () => readOffers({ ...deps, labels }));
  const prices = { clock, priceDays: new PriceDays(store, clock), readOffers: askOffers };
  addRoute(app, listOffers, {
    authenticate,
    handler: async ({ query }) => searchOffers(await askOffers(), query),
  });
  addRoute(app, listPriceClasses, { authenticate, handler: () => listClasses(prices) });
  addRoute(app, getPriceHistory, {
    authenticate,
    handler: ({ params, query }) => readPriceHistory(prices, params.gpu, query),
  });
}
