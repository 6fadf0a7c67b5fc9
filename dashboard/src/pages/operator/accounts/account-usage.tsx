import { getAdminAccountUsage } from '@node3/shared/routes/admin-accounts';
import { type UsageRow, usageColumns } from '@node3/shared/routes/usage';
import { IconChartBar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useFormat } from '../../../i18n/use-format.ts';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { operatorQuery } from '../../../queries/operator.ts';

/** What the jobs of an account used and cost, by UTC day of the last 30. */
export function AccountUsage({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(
    operatorQuery(useApp(), getAdminAccountUsage, { params: { accountId }, query: {} }),
  );
  const columns = useMemo(
    (): DataColumn<UsageRow>[] => [
      { id: 'day', title: t('op.usage.day'), value: ({ day }) => day, cell: ({ day }) => day },
      {
        id: 'jobs',
        title: t('op.figure.jobs'),
        align: 'right',
        value: ({ jobs }) => jobs,
        cell: ({ jobs }) => format.number(jobs),
      },
      {
        id: 'gpu',
        title: t('op.usage.gpuTime'),
        align: 'right',
        value: ({ gpuMs }) => gpuMs,
        cell: ({ gpuMs }) => format.duration(gpuMs),
      },
      {
        id: 'charged',
        title: t('op.usage.charged'),
        align: 'right',
        cell: ({ charged }) => format.money(charged),
      },
    ],
    [t, format],
  );
  return (
    <SectionCard title={t('op.usage.title')} description={t('op.usage.hint')} padding="flush">
      <QueryView query={query}>
        {({ data }) => (
          <DataTable
            label={t('op.usage.title')}
            columns={columns}
            rows={data}
            rowId={({ day, charged }) => `${day} ${charged.asset}`}
            csv={{ name: `usage-${accountId}`, columns: usageColumns }}
            empty={<EmptyState icon={IconChartBar} title={t('op.usage.none')} />}
          />
        )}
      </QueryView>
    </SectionCard>
  );
}
