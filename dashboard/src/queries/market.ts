import type { QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { listRegistrationTokens } from '@node3/shared/routes/admin-agents';
import { getCaps } from '@node3/shared/routes/caps';
import { listDeviceProofs } from '@node3/shared/routes/gpu-proofs';
import { getHealth, type Health } from '@node3/shared/routes/health';
import {
  getOverview,
  getPublicAgent,
  listPublicAgents,
  listPublicJobs,
} from '@node3/shared/routes/marketplace';
import { listOffers } from '@node3/shared/routes/offers';
import { getOwnOverview } from '@node3/shared/routes/own-overview';
import { getPriceHistory, listPriceClasses } from '@node3/shared/routes/prices';
import { getPublicProvider, listPublicProviders } from '@node3/shared/routes/public-providers';
import { listRatings } from '@node3/shared/routes/ratings';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

/** Both hosts answer these: the agent passes them on to its marketplace. */
export function overviewQuery({ client }: App) {
  return queryOptions({
    queryKey: ['market', 'overview'],
    queryFn: ({ signal }) => client.call(getOverview, {}, { signal }),
  });
}

export function boardQuery({ client }: App, query: QueryOf<typeof listPublicJobs>) {
  return queryOptions({
    queryKey: ['market', 'jobs', query],
    queryFn: ({ signal }) => client.call(listPublicJobs, { query }, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function offersQuery({ client }: App, query: QueryOf<typeof listOffers>) {
  return queryOptions({
    queryKey: ['market', 'offers', query],
    queryFn: ({ signal }) => client.call(listOffers, { query }, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function priceClassesQuery({ client }: App) {
  return queryOptions({
    queryKey: ['market-prices', 'classes'],
    queryFn: ({ signal }) => client.call(listPriceClasses, {}, { signal }),
  });
}

export function priceHistoryQuery(
  { client }: App,
  gpu: string,
  query: QueryOf<typeof getPriceHistory>,
) {
  return queryOptions({
    queryKey: ['market-prices', gpu, query],
    queryFn: ({ signal }) => client.call(getPriceHistory, { params: { gpu }, query }, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function publicAgentsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['market', 'agents'],
    queryFn: async ({ signal }) => (await client.call(listPublicAgents, {}, { signal })).data,
  });
}

export function publicAgentQuery({ client }: App, agentId: string) {
  return queryOptions({
    queryKey: ['market', 'agent', agentId],
    queryFn: ({ signal }) => client.call(getPublicAgent, { params: { agentId } }, { signal }),
  });
}

export function deviceProofsQuery({ client }: App, agentId: string) {
  return queryOptions({
    queryKey: ['market', 'agent', agentId, 'proofs'],
    queryFn: async ({ signal }) =>
      (await client.call(listDeviceProofs, { params: { agentId } }, { signal })).data,
  });
}

export function ratingsQuery({ client }: App, agentId: string) {
  return queryOptions({
    queryKey: ['market', 'agent', agentId, 'ratings'],
    queryFn: async ({ signal }) =>
      (await client.call(listRatings, { params: { agentId } }, { signal })).data,
  });
}

export function publicProvidersQuery({ client }: App) {
  return queryOptions({
    queryKey: ['market', 'providers'],
    queryFn: async ({ signal }) => (await client.call(listPublicProviders, {}, { signal })).data,
  });
}

export function publicProviderQuery({ client }: App, provider: string) {
  return queryOptions({
    queryKey: ['market', 'provider', provider],
    queryFn: ({ signal }) => client.call(getPublicProvider, { params: { provider } }, { signal }),
  });
}

export function registrationTokensQuery({ client }: App) {
  return queryOptions({
    queryKey: ['registration-tokens'],
    queryFn: async ({ signal }) => (await client.call(listRegistrationTokens, {}, { signal })).data,
  });
}

/** Under the key of the own jobs, so that their news renew it. */
export function ownOverviewQuery({ client }: App) {
  return queryOptions({
    queryKey: ['own', 'overview'],
    queryFn: ({ signal }) => client.call(getOwnOverview, {}, { signal }),
  });
}

export function ownCapsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['own', 'overview', 'caps'],
    queryFn: ({ signal }) => client.call(getCaps, {}, { signal }),
  });
}

/** An unhealthy marketplace answers 503 with the same body, which is what a person wants to see. */
export function healthQuery(app: App) {
  return queryOptions({
    queryKey: ['market', 'health'],
    queryFn: async ({ signal }): Promise<Health> => {
      const headers = { accept: 'application/json' };
      const response = await app.fetch(getHealth.url, { headers, signal });
      if (response.status !== 200 && response.status !== 503) {
        throw new MarketError('INTERNAL', { detail: `/health answered ${response.status}.` });
      }
      return (await response.json()) as Health;
    },
  });
}
