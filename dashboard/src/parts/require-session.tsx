import { Skeleton, Stack } from '@mantine/core';
import { type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useViewer } from '../viewer/use-viewer.ts';
import { missingScope, type OwnAccount, type PageScope, type Viewer } from '../viewer/viewer.ts';
import { ErrorView } from './error-view.tsx';
import { lazyPart } from './lazy-part.ts';
import { PageHeading } from './page-heading.tsx';

const SignInCard = lazyPart(async () => (await import('./sign-in-card.tsx')).SignInCard);
const MissingScope = lazyPart(async () => (await import('./missing-scope.tsx')).MissingScope);

interface RequireSessionProps {
  /** The page's heading for as long as the children, which have the real one, are not shown. */
  heading?: string;
  /** What the page needs to read; `requester` where left out, `account` is any key of an account. */
  scope?: PageScope;
  children: (account: OwnAccount) => ReactNode;
}

/** Shows its children to whoever is signed in and may see them; the others are told what to do. */
export function RequireSession({ heading, scope = 'requester', children }: RequireSessionProps) {
  const viewer = useViewer();
  const mayRead =
    viewer.state === 'signedIn' && missingScope(viewer.scopes, scope, 'reads') === null;
  if (viewer.state === 'signedIn' && mayRead) return children(viewer.account);
  return (
    <>
      {heading !== undefined && <PageHeading title={heading} />}
      <WhyNot viewer={viewer} scope={scope} />
    </>
  );
}

function WhyNot({ viewer, scope }: { viewer: Viewer; scope: PageScope }) {
  const { t } = useTranslation();
  if (viewer.state === 'signedOut') {
    return (
      <Suspense fallback={null}>
        <SignInCard ended={viewer.ended} />
      </Suspense>
    );
  }
  if (viewer.state === 'signedIn') {
    // Every key of an account has the scope `account`, so it is another one that is missing.
    return (
      <Suspense fallback={null}>
        <MissingScope viewer={viewer} missing={scope === 'account' ? 'requester' : scope} />
      </Suspense>
    );
  }
  if (viewer.error !== null) return <ErrorView error={viewer.error} onRetry={viewer.retry} />;
  return (
    <Stack gap="sm" p="md" role="status" aria-label={t('state.loading')}>
      <Skeleton height={18} />
      <Skeleton height={18} />
      <Skeleton height={18} width="60%" />
    </Stack>
  );
}
