import { isMarketError } from '@node3/shared/error';
import type { Account } from '@node3/shared/routes/accounts';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApp } from '../app-context.tsx';
import { accountQuery } from '../queries.ts';
import { QueryView } from './query-view.tsx';
import { SignInCard } from './sign-in-card.tsx';

/** Shows its children to whoever has a valid key, and the sign-in card to everybody else. */
export function RequireSession({ children }: { children: (account: Account) => ReactNode }) {
  const app = useApp();
  const query = useQuery(accountQuery(app));
  if (app.apiKey === null) return <SignInCard refused={false} />;
  const refused = ['AUTH_INVALID', 'AUTH_REQUIRED', 'AUTH_FORBIDDEN'] as const;
  if (refused.some((code) => isMarketError(query.error, code))) return <SignInCard refused />;
  return <QueryView query={query}>{children}</QueryView>;
}
