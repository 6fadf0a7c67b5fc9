import type { JobMetrics } from '@node3/shared/routes/job-metrics';
import { IconServer2 } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/use-format.ts';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';

type Row = JobMetrics['providers'][number];

export function ProviderUse({ metrics }: { metrics: JobMetrics }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo(
    (): DataColumn<Row>[] => [
      {
        id: 'provider',
        title: t('op.fleet.provider'),
        value: ({ provider }) => provider,
        cell: ({ provider }) => provider ?? t('op.metrics.nobody'),
      },
      {
        id: 'jobs',
        title: t('op.figure.jobs'),
        align: 'right',
        value: ({ jobs }) => jobs,
        cell: ({ jobs }) => format.number(jobs),
      },
      {
        id: 'succeeded',
        title: t('op.figure.succeeded'),
        align: 'right',
        value: ({ succeeded }) => succeeded,
        cell: ({ succeeded }) => format.number(succeeded),
      },
      {
        id: 'used',
        title: t('op.metrics.used'),
        align: 'right',
        value: ({ runMs }) => runMs,
        cell: ({ runMs, timedRuns }) => format.duration(timedRuns === 0 ? null : runMs),
      },
      {
        id: 'mean',
        title: t('op.figure.runMsMean'),
        align: 'right',
        value: ({ runMs, timedRuns }) => (timedRuns === 0 ? null : runMs / timedRuns),
        cell: ({ runMs, timedRuns }) => format.duration(timedRuns === 0 ? null : runMs / timedRuns),
      },
    ],
    [t, format],
  );
  return (
    <SectionCard title={t('op.metrics.providers')} padding="flush">
      <DataTable
        label={t('op.metrics.providers')}
        columns={columns}
        rows={metrics.providers}
        rowId={({ providerId }) => providerId ?? ''}
        empty={<EmptyState icon={IconServer2} title={t('op.metrics.none')} />}
      />
    </SectionCard>
  );
}
