import { Text } from '@mantine/core';
import type { UsageGroup, UsageRow } from '@node3/shared/routes/usage';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EndedDayLink } from './ended-jobs.tsx';

interface UsageTableProps {
  rows: UsageRow[];
  by: UsageGroup;
}

const names: Record<UsageGroup, (row: UsageRow) => ReactNode> = {
  day: (row) => <GroupName row={row} by="day" />,
  key: (row) => <GroupName row={row} by="key" />,
  gpu: (row) => <GroupName row={row} by="gpu" />,
};

/** Rows of usage by what they are told apart by. */
export function UsageTable({ rows, by }: UsageTableProps) {
  const { t } = useTranslation();
  const columns = useUsageColumns<UsageRow>(t(`usage.by.${by}`), names[by]);
  return (
    <DataTable
      label={t('usage.table')}
      columns={columns}
      rows={rows}
      rowId={(row) => `${row.day} ${row.keyId} ${row.gpu} ${row.charged.asset}`}
      empty={null}
    />
  );
}

function GroupName({ row, by }: { row: UsageRow; by: UsageGroup }) {
  const { t } = useTranslation();
  if (by === 'day') {
    if (row.day === null) return <>{t('state.unknown')}</>;
    return <EndedDayLink day={row.day} />;
  }
  if (by === 'gpu') return <>{row.gpu ?? t('usage.noGpu')}</>;
  return row.keyId === null ? (
    <>{t('usage.noKey')}</>
  ) : (
    <Text component="span" size="sm" className="mono" title={row.keyId}>
      {shorten(row.keyId, 8, 5)}
    </Text>
  );
}

/** What every table of usage has, after what a row is of. `name` is the same function at each render. */
export function useUsageColumns<Row extends UsageRow>(
  title: string,
  name: (row: Row) => ReactNode,
): DataColumn<Row>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      { id: 'name', title, cell: name },
      {
        id: 'jobs',
        title: t('usage.jobs'),
        cell: (row) => format.number(row.jobs),
        value: (row) => row.jobs,
        align: 'right',
      },
      {
        id: 'gpuTime',
        title: t('usage.gpuTime'),
        cell: (row) => format.duration(row.gpuMs),
        value: (row) => row.gpuMs,
        align: 'right',
      },
      {
        id: 'runTime',
        title: t('usage.runTimeColumn'),
        cell: (row) => format.duration(row.runMs),
        value: (row) => row.runMs,
        align: 'right',
      },
      {
        id: 'charged',
        title: t('usage.charged'),
        cell: (row) => format.money(row.charged),
        value: (row) => Number(row.charged.amount),
        align: 'right',
      },
    ],
    [title, name, t, format],
  );
}
