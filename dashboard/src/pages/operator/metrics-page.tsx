import { Group, SimpleGrid, Stack } from '@mantine/core';
import { getAdminJobMetrics, getJobMetrics, metricsRanges } from '@node3/shared/routes/job-metrics';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { ZoomableCharts } from '../../parts/charts/zoomable-charts.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { useViewer } from '../../viewer/use-viewer.ts';
import { isOperator } from '../../viewer/viewer.ts';
import { JobCharts } from './metrics/job-charts.tsx';
import { JobTotals } from './metrics/job-totals.tsx';
import { ProviderUse } from './metrics/provider-use.tsx';

const route = getRouteApi('/metrics');

/** How jobs ended and how long they took: one's own, and for the operator those of everybody. */
export function MetricsPage() {
  const { t } = useTranslation();
  return <RequireSession heading={t('op.metrics.title')}>{() => <Metrics />}</RequireSession>;
}

function Metrics() {
  const { t } = useTranslation();
  const operates = isOperator(useViewer());
  const { range = '24h', scope } = route.useSearch();
  const whose = operates && scope === 'all' ? 'all' : 'own';
  const contract = whose === 'all' ? getAdminJobMetrics : getJobMetrics;
  const query = useQuery({
    ...operatorQuery(useApp(), contract, { query: { range } }),
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });
  const path = `${contract.url}?range=${range}`;
  return (
    <>
      <PageHeading title={t('op.metrics.title')} subtitle={t(`op.metrics.${whose}.subtitle`)} />
      <Stack gap="lg">
        <Group gap="xl">
          <FilterChips
            label={t('op.metrics.range')}
            parameter="range"
            value={range}
            choices={metricsRanges.map((value) => ({
              value,
              label: t(`op.metrics.range.${value}`),
            }))}
          />
          {operates && (
            <FilterChips
              label={t('op.metrics.whose')}
              parameter="scope"
              value={whose === 'all' ? 'all' : undefined}
              choices={[
                { value: undefined, label: t('op.metrics.own') },
                { value: 'all', label: t('op.metrics.all') },
              ]}
            />
          )}
        </Group>
        <QueryView query={query} lines={8}>
          {(metrics) => (
            <>
              <JobTotals metrics={metrics} />
              <ZoomableCharts key={`${range} ${whose}`}>
                <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
                  <JobCharts metrics={metrics} />
                </SimpleGrid>
              </ZoomableCharts>
              <ProviderUse metrics={metrics} />
            </>
          )}
        </QueryView>
        <CommandLines
          lines={[
            { label: 'CLI', text: `node3 api GET '${path}'` },
            { label: 'curl', text: curlLine({ url: `${location.origin}${path}` }) },
          ]}
        />
      </Stack>
    </>
  );
}
