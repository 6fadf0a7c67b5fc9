import { isMarketError } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import { IconFileUnknown } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { EmptyState } from './empty-state.tsx';
import { PageHeading } from './page-heading.tsx';
import { QueryView } from './query-view.tsx';

interface UnreadPageProps {
  heading: string;
  /** What the page needs, not all of it read yet. */
  queries: readonly [UseQueryResult, ...UseQueryResult[]];
  /** What the API says where there is no such thing; also said of an id that is none. */
  code: ErrorCode;
  missing: string;
  /** Below the words that it is missing, such as the way back. */
  children: ReactNode;
}

/** The page of one thing while it is read, could not be read, or is not there. */
export function UnreadPage({ heading, queries, code, missing, children }: UnreadPageProps) {
  const [first] = queries;
  const unread = queries.filter(({ data }) => data === undefined);
  const shown = unread.find(({ isError }) => isError) ?? unread[0] ?? first;
  const isMissing = [code, 'REQUEST_INVALID' as const].some((one) =>
    isMarketError(first.error, one),
  );
  return (
    <>
      <PageHeading title={heading} />
      {isMissing ? (
        <EmptyState icon={IconFileUnknown} title={missing}>
          {children}
        </EmptyState>
      ) : (
        <QueryView query={shown} lines={8}>
          {() => null}
        </QueryView>
      )}
    </>
  );
}
