import type { RouteContract } from '@node3/shared/contract';
import { listOffers } from '@node3/shared/routes/offers';
import { getOwnOverview } from '@node3/shared/routes/own-overview';
import { getPriceHistory, listPriceClasses } from '@node3/shared/routes/prices';
import { getPublicProvider, listPublicProviders } from '@node3/shared/routes/public-providers';

type Ask = (contract: RouteContract, apiKey: string | null, args?: object) => Promise<unknown>;

/** Asks every endpoint that shows the market once. */
export async function askMarket(ask: Ask, requester: string): Promise<void> {
  await ask(listOffers, null, { query: { sort: 'score', status: 'online,offline' } });
  await ask(listPriceClasses, null);
  await ask(getPriceHistory, null, { params: { gpu: 'rtx-4090' }, query: { days: 7 } });
  await ask(listPublicProviders, null);
  await ask(getPublicProvider, null, { params: { provider: 'default' } });
  await ask(getOwnOverview, requester);
}
