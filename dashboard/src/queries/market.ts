import { MarketError } from '@node3/shared/error';
import { getHealth, type Health } from '@node3/shared/routes/health';
import { getOverview, listPublicAgents, listPublicJobs } from '@node3/shared/routes/marketplace';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

export function overviewQuery({ client }: App) {
  return queryOptions({
    queryKey: ['market', 'overview'],
    queryFn: ({ signal }) => client.call(getOverview, {}, { signal }),
  });
}

export function publicJobsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['market', 'jobs'],
    queryFn: async ({ signal }) => (await client.call(listPublicJobs, {}, { signal })).data,
  });
}

export function publicAgentsQuery({ client }: App) {
  return queryOptions({
    queryKey: ['market', 'agents'],
    queryFn: async ({ signal }) => (await client.call(listPublicAgents, {}, { signal })).data,
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
