import { listSwitches } from '@node3/shared/routes/switches';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

/** What the operator holds back at present; anybody may ask. */
export function switchesQuery({ client }: App) {
  return queryOptions({
    queryKey: ['switches'],
    queryFn: async ({ signal }) => (await client.call(listSwitches, {}, { signal })).data,
  });
}
