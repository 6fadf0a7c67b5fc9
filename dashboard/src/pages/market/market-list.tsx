import { Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CommandLines } from '../../parts/command-lines.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { ChosenFilters } from './chosen-filters.tsx';
import { FilterPanel } from './filter-panel.tsx';
import type { MarketSearch } from './market-search.ts';

interface MarketListProps<Found> {
  search: MarketSearch;
  query: UseQueryResult<Found>;
  /** Fields to narrow the list by. */
  filters: ReactNode;
  /** Above the list: its order and look. */
  bar: ReactNode;
  /** How many fit, in a sentence. */
  sum: (found: Found) => string;
  lines: Parameters<typeof CommandLines>[0]['lines'];
  children: (found: Found) => ReactNode;
}

/** Filters beside a list that the marketplace filters, sorts and counts: all of it and not one page. */
export function MarketList<Found extends { nextCursor: string | null }>(
  props: MarketListProps<Found>,
) {
  const { bar, children, filters, lines, query, search, sum } = props;
  const { t } = useTranslation();
  return (
    <div className="market-columns">
      <FilterPanel>{filters}</FilterPanel>
      <Stack gap="md" className="market-list">
        {bar}
        <ChosenFilters search={search} />
        <QueryView query={query} lines={8}>
          {(found) => (
            <>
              <Text size="sm" c="dimmed" role="status">
                {sum(found)}
              </Text>
              {children(found)}
              <KeysetPaging
                cursor={search.cursor}
                nextCursor={found.nextCursor}
                words={{ first: t('market.firstPage'), next: t('market.nextPage') }}
              />
            </>
          )}
        </QueryView>
        <CommandLines lines={lines} />
      </Stack>
    </div>
  );
}
