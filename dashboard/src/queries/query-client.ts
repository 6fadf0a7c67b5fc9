import { MarketError } from '@node3/shared/error';
import { errorCodes } from '@node3/shared/error-codes';
import { QueryClient } from '@tanstack/react-query';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The host is often this machine, which answers without any network.
        networkMode: 'always',
        staleTime: 1_000,
        retry: (failures, error) => failures < 2 && mayRetry(error),
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

function mayRetry(error: unknown): boolean {
  return !(error instanceof MarketError) || errorCodes[error.code].retry !== 'never';
}
