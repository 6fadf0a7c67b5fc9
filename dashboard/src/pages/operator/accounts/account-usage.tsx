import { getAdminAccountUsage } from '@node3/shared/routes/admin-accounts';
import { type UsageRow, usageColumns } from '@node3/shared/routes/usage';
import { IconChartBar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { useUsageColumns } from '../../../parts/use-usage-columns.ts';
import { operatorQuery } from '../../../queries/operator.ts';

const dayOf = ({ day }: UsageRow) => day;

/** What the jobs of an account used and cost, by UTC day of the last 30. */
export function AccountUsage({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const query = useQuery(
    operatorQuery(useApp(), getAdminAccountUsage, { params: { accountId }, query: {} }),
  );
  const columns = useUsageColumns<UsageRow>(t('usage.by.day'), dayOf);
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
