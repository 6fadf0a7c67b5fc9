import { Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorView } from './error-view.tsx';

interface QueryViewProps<T> {
  query: UseQueryResult<T>;
  /** How many lines the skeleton has; about as tall as what will come. */
  lines?: number;
  children: (data: T) => ReactNode;
}

/**
 * The three states of a resource. Data that was read once stays visible while later reads fail: the
 * offline banner says how old it is.
 */
export function QueryView<T>({ query, lines = 3, children }: QueryViewProps<T>) {
  const { t } = useTranslation();
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  }
  return (
    <Stack gap="sm" p="md" role="status" aria-label={t('state.loading')}>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={18} width={line % 3 === 2 ? '60%' : '100%'} />
      ))}
    </Stack>
  );
}
