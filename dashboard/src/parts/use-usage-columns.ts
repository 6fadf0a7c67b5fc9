import type { UsageRow } from '@node3/shared/routes/usage';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';
import type { DataColumn } from './data-table/data-column.ts';

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
