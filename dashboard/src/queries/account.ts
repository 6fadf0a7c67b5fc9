import { getAccount, getDepositAddress } from '@node3/shared/routes/accounts';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

export function accountQuery({ client, apiKey }: App) {
  return queryOptions({
    queryKey: ['own', 'account'],
    queryFn: ({ signal }) => client.call(getAccount, {}, { signal }),
    enabled: apiKey !== null,
  });
}

export function depositAddressQuery({ client }: App) {
  return queryOptions({
    queryKey: ['deposit-address'],
    queryFn: ({ signal }) => client.call(getDepositAddress, {}, { signal }),
    staleTime: 600_000,
  });
}
