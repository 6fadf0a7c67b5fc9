import { Stack } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { usePollMs } from '../../live/use-stream.ts';
import { BarChart } from '../../parts/charts/bar-chart.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { type UsagePeriod, usageQuery } from '../../queries/usage.ts';
import type { UsageSearch } from '../../routes/usage-search.ts';
import { PeriodPicker } from './period-picker.tsx';
import { UsageBreakdown } from './usage-breakdown.tsx';
import { UsageStats } from './usage-stats.tsx';
import { chargedByDay, daysBetween } from './usage-totals.ts';

interface UsageViewProps {
  search: UsageSearch;
  period: UsagePeriod;
}

/** What ended jobs of a period used and cost: by day as a chart, and by what is asked for as a table. */
export function UsageView({ search, period }: UsageViewProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const refetchInterval = usePollMs() * 3;
  const query = useQuery({
    ...usageQuery(useApp(), period, { groupBy: 'day' }),
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  const days = daysBetween(period.from, period.to);
  return (
    <Stack gap="lg">
      <PeriodPicker search={search} period={period} />
      <QueryView query={query} lines={6}>
        {({ data }) => (
          <>
            <UsageStats rows={data} period={period} />
            <SectionCard title={t('usage.chart')} description={t('usage.chartText')}>
              {data.length === 0 ? (
                <EmptyState icon={IconChartBar} title={t('usage.empty')}>
                  {t('usage.emptyText')}
                </EmptyState>
              ) : (
                <Stack gap="lg">
                  {chargedByDay(days, data).map((series) => (
                    <BarChart
                      key={series.label}
                      title={t('usage.chartOf', { asset: series.label })}
                      data={{ days, series: [series] }}
                      format={(value) => `${format.precise(value)} ${series.label}`}
                    />
                  ))}
                </Stack>
              )}
            </SectionCard>
          </>
        )}
      </QueryView>
      <UsageBreakdown period={period} by={search.by ?? 'gpu'} label={search.label} />
    </Stack>
  );
}
