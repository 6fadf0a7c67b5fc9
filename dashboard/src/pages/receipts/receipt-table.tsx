import { Text } from '@mantine/core';
import type { JobSummary } from '@node3/shared/routes/jobs';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { jobName } from '../../parts/job-name.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { JobStateBadge } from '../../parts/state-badge.tsx';

type Format = ReturnType<typeof useFormat>;

/** Jobs that ended; each row opens its receipt. */
export function ReceiptTable({ jobs }: { jobs: JobSummary[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo(() => receiptColumns(t, format), [t, format]);
  return (
    <DataTable
      label={t('receipts.title')}
      columns={columns}
      rows={jobs}
      rowId={(job) => job.jobId}
      empty={null}
    />
  );
}

function receiptColumns(t: TFunction, format: Format): DataColumn<JobSummary>[] {
  return [
    {
      id: 'job',
      title: t('receipts.job'),
      cell: ({ jobId, ...job }) => (
        <div>
          <Link
            from="/receipts"
            to="/receipts"
            search={(previous) => ({ ...previous, job: jobId })}
            className="row-link break"
          >
            {jobName(t, job)}
          </Link>
          <Text size="xs" c="dimmed" className="mono">
            {shorten(jobId, 8, 5)}
          </Text>
        </div>
      ),
    },
    {
      id: 'state',
      title: t('receipts.state'),
      cell: ({ state }) => <JobStateBadge state={state} />,
    },
    {
      id: 'charged',
      title: t('receipts.line.charged'),
      cell: ({ charged }) => format.money(charged),
      align: 'right',
    },
    {
      id: 'created',
      title: t('receipts.created'),
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
      align: 'right',
    },
  ];
}
