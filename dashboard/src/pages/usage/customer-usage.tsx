import { Card, Stack, Text } from '@mantine/core';
import type { CustomerUsageRow } from '@node3/shared/routes/usage';
import { IconUsers } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { useUsageColumns } from '../../parts/use-usage-columns.ts';
import { customerUsageQuery, type UsagePeriod } from '../../queries/usage.ts';
import { curlLine } from '../../shell-command.ts';

const csv = {
  name: 'customers',
  columns: [
    { title: 'accountId', value: (row: CustomerUsageRow) => row.accountId },
    { title: 'name', value: (row: CustomerUsageRow) => row.accountName },
    { title: 'jobs', value: (row: CustomerUsageRow) => row.jobs },
    { title: 'gpuMs', value: (row: CustomerUsageRow) => row.gpuMs },
    { title: 'runMs', value: (row: CustomerUsageRow) => row.runMs },
    { title: 'charged', value: (row: CustomerUsageRow) => row.charged.amount },
    { title: 'asset', value: (row: CustomerUsageRow) => row.charged.asset },
  ],
};

const nameOf = (row: CustomerUsageRow) => <CustomerName row={row} />;

/** GPU time and cost of each customer in a period; the operator's. */
export function CustomerUsage({ period }: { period: UsagePeriod }) {
  const { t } = useTranslation();
  const query = useQuery({
    ...customerUsageQuery(useApp(), period),
    placeholderData: keepPreviousData,
  });
  const columns = useUsageColumns<CustomerUsageRow>(t('usage.customer'), nameOf);
  const selection = new URLSearchParams({ ...period }).toString();
  const url = `${location.origin}/api/v1/admin/usage?${selection}`;
  return (
    <Stack gap="sm">
      <Card withBorder padding={0} aria-busy={query.isPlaceholderData}>
        <QueryView query={query} lines={5}>
          {({ data }) => (
            <DataTable
              label={t('usage.customers')}
              columns={columns}
              rows={data}
              rowId={(row) => `${row.accountId} ${row.charged.asset}`}
              csv={csv}
              empty={<EmptyState icon={IconUsers} title={t('usage.emptyCustomers')} />}
            />
          )}
        </QueryView>
      </Card>
      <CommandLines lines={[{ label: 'curl', text: curlLine({ url }) }]} />
    </Stack>
  );
}

function CustomerName({ row: { accountId, accountName } }: { row: CustomerUsageRow }) {
  const { t } = useTranslation();
  if (accountId === null) return <>{t('state.unknown')}</>;
  return (
    <div>
      <Text size="sm">{accountName ?? t('usage.unnamed')}</Text>
      <Text size="xs" c="dimmed" className="mono" title={accountId}>
        {shorten(accountId, 8, 5)}
      </Text>
    </div>
  );
}
