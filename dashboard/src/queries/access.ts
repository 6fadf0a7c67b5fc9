import { listKeys } from '@node3/shared/routes/keys';
import { listSessions } from '@node3/shared/routes/sessions';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

export const keysKey = ['own', 'keys'] as const;
export const sessionsKey = ['own', 'sessions'] as const;

export function keysQuery({ client }: App) {
  return queryOptions({
    queryKey: keysKey,
    queryFn: async ({ signal }) => (await client.call(listKeys, {}, { signal })).data,
    refetchInterval: 30_000,
  });
}

export function sessionsQuery({ client }: App) {
  return queryOptions({
    queryKey: sessionsKey,
    queryFn: async ({ signal }) => (await client.call(listSessions, {}, { signal })).data,
    refetchInterval: 30_000,
  });
}
