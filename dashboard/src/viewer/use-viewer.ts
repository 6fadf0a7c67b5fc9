import { isMarketError } from '@node3/shared/error';
import { useQuery } from '@tanstack/react-query';
import { useApp } from '../app-context.tsx';
import { accountQuery } from '../queries/account.ts';
import type { Viewer } from './viewer.ts';

const refusals = ['AUTH_INVALID', 'AUTH_REQUIRED', 'AUTH_FORBIDDEN'] as const;

/**
 * Who looks at this page: nobody known, or an account by a key or by a wallet's session, with its scopes.
 * All of the page share one request. Show pages by `RequireSession`, the operator's with
 * `scope="operator"`; this is for what is shown to some on a page that all see.
 */
export function useViewer(): Viewer {
  const app = useApp();
  const { data, error, refetch } = useQuery(accountQuery(app));
  const isRefused = refusals.some((code) => isMarketError(error, code));
  if (!app.signedIn) return { state: 'signedOut', ended: null };
  if (isRefused) return { state: 'signedOut', ended: app.apiKey === null ? 'session' : 'key' };
  if (data === undefined) return { state: 'unknown', error, retry: () => void refetch() };
  const { by, scopes } = data.access;
  return { state: 'signedIn', by, account: data, scopes };
}
