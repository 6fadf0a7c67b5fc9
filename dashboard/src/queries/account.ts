import { getAccount, getDepositAddress } from '@node3/shared/routes/accounts';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

export const accountKey = ['own', 'account'];

/**
 * The account that is signed in, and what its key or session may do. Ask it by `useViewer`.
 * The agent knows no accounts: whoever has its token is its provider.
 */
export function accountQuery({ client, config, signedIn }: App) {
  return queryOptions({
    queryKey: accountKey,
    queryFn: ({ signal }) => client.call(getAccount, {}, { signal }),
    enabled: signedIn && config.mode === 'marketplace',
  });
}

export function depositAddressQuery({ client }: App) {
  return queryOptions({
    queryKey: ['deposit-address'],
    queryFn: ({ signal }) => client.call(getDepositAddress, {}, { signal }),
    staleTime: 600_000,
  });
}
