import { listAlerts } from '@node3/shared/routes/alerts';
import { listJobs } from '@node3/shared/routes/jobs';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

/** The own jobs that a search finds first, by a part of the name or how the id begins. */
export function jobSearchQuery({ client, signedIn }: App, text: string) {
  return queryOptions({
    queryKey: ['own', 'job-search', text],
    queryFn: ({ signal }) => client.call(listJobs, { query: { q: text, limit: 6 } }, { signal }),
    enabled: signedIn && text !== '',
    staleTime: 5_000,
    placeholderData: (previous) => previous,
    retry: false,
  });
}

/** What somebody should look at, newest first; the operator's are those of all. */
export function alertsQuery({ client, signedIn }: App) {
  return queryOptions({
    queryKey: ['own', 'alerts'],
    queryFn: ({ signal }) => client.call(listAlerts, { query: { limit: 50 } }, { signal }),
    enabled: signedIn,
    retry: false,
  });
}
