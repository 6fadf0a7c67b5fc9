import { isMarketError } from '@node3/shared/error';
import type { Account } from '@node3/shared/routes/accounts';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApp } from '../app-context.tsx';
import { accountQuery } from '../queries/account.ts';
import { PageHeading } from './page-heading.tsx';
import { QueryView } from './query-view.tsx';
import { SignInCard } from './sign-in-card.tsx';

interface RequireSessionProps {
  /** The page's heading for as long as the children, which have the real one, are not shown. */
  heading?: string;
  children: (account: Account) => ReactNode;
}

const refusals = ['AUTH_INVALID', 'AUTH_REQUIRED', 'AUTH_FORBIDDEN'] as const;

/** Shows its children to whoever has a valid key, and the sign-in card to everybody else. */
export function RequireSession({ heading, children }: RequireSessionProps) {
  const app = useApp();
  const query = useQuery(accountQuery(app));
  const refused = refusals.some((code) => isMarketError(query.error, code));
  const signedOut = app.apiKey === null || refused;
  if (!signedOut && query.data !== undefined) return children(query.data);
  return (
    <>
      {heading !== undefined && <PageHeading title={heading} />}
      {signedOut ? (
        <SignInCard refused={refused} />
      ) : (
        <QueryView query={query}>{() => null}</QueryView>
      )}
    </>
  );
}
