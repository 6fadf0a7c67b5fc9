import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ErrorView } from './error-view.tsx';
import { PageHeading } from './page-heading.tsx';

/** What a page shows when it threw: the rest of the app goes on working. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('error.pageTitle')} />
      <ErrorView error={error} onRetry={reset} />
    </>
  );
}
