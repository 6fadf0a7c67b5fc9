import { Text } from '@mantine/core';
import type { UsageGroup, UsageRow } from '@node3/shared/routes/usage';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { useUsageColumns } from '../../parts/use-usage-columns.ts';
import { keysQuery } from '../../queries/access.ts';
import type { UsageGrouping, UsagePeriod } from '../../queries/usage.ts';
import { EndedDayLink, LabelledJobsLink } from './ended-jobs.tsx';

interface UsageTableProps {
  rows: UsageRow[];
  period: UsagePeriod;
  grouping: UsageGrouping;
}

const names: Record<Exclude<UsageGroup, 'label'>, (row: UsageRow) => ReactNode> = {
  day: (row) => <GroupName row={row} by="day" />,
  key: (row) => <GroupName row={row} by="key" />,
  gpu: (row) => <GroupName row={row} by="gpu" />,
};

/** Rows of usage by what they are told apart by. */
export function UsageTable({ rows, period, grouping }: UsageTableProps) {
  const { t } = useTranslation();
  const { groupBy, label = '' } = grouping;
  const { from, to } = period;
  const labelled = useCallback(
    (row: UsageRow) =>
      row.label === null ? (
        t('usage.noLabel')
      ) : (
        <LabelledJobsLink period={{ from, to }} name={label} value={row.label} />
      ),
    [t, label, from, to],
  );
  const title = groupBy === 'label' ? label : t(`usage.by.${groupBy}`);
  const columns = useUsageColumns(title, groupBy === 'label' ? labelled : names[groupBy]);
  return (
    <DataTable
      label={t('usage.table')}
      columns={columns}
      rows={rows}
      rowId={(row) => JSON.stringify([row.day, row.keyId, row.gpu, row.label, row.charged.asset])}
      empty={null}
    />
  );
}

function GroupName({ row, by }: { row: UsageRow; by: Exclude<UsageGroup, 'label'> }) {
  const { t } = useTranslation();
  if (by === 'day') {
    if (row.day === null) return <>{t('state.unknown')}</>;
    return <EndedDayLink day={row.day} />;
  }
  // Of a GPU whose model nobody knows there is nothing but its time.
  if (by === 'gpu') return <>{row.gpu ?? t(row.gpuMs > 0 ? 'usage.unknownGpu' : 'usage.noGpu')}</>;
  return row.keyId === null ? <>{t('usage.noKey')}</> : <KeyName keyId={row.keyId} />;
}

/** Keys that are revoked have no name any more; a browser's session never had one. */
function KeyName({ keyId }: { keyId: string }) {
  const { t } = useTranslation();
  const keys = useQuery(keysQuery(useApp()));
  const name = keys.data?.find((key) => key.keyId === keyId)?.name ?? null;
  const isSession = keyId.startsWith('ses_');
  if (isSession || (name !== null && name !== '')) {
    return (
      <Text component="span" size="sm" title={keyId}>
        {isSession ? t('usage.session') : name}
      </Text>
    );
  }
  return (
    <Text component="span" size="sm" className="mono" title={keyId}>
      {shorten(keyId, 8, 5)}
    </Text>
  );
}
