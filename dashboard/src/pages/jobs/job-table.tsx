import { Table, Text } from '@mantine/core';
import type { JobSummary } from '@node3/shared/routes/jobs';
import { Link } from '@tanstack/react-router';
import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { shorten, unknownMark } from '../../format.ts';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { JobPrice } from '../../parts/job-price.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { JobStateBadge, PayoutStateBadge } from '../../parts/state-badge.tsx';
import { RunTime } from '../job/run-time.tsx';
import { workloadKey } from '../overview/board-table.tsx';

const features = tableFeatures({});
const column = createColumnHelper<typeof features, JobSummary>();
const numericColumns = new Set(['price', 'time', 'created']);

function jobColumns(t: TFunction) {
  return column.columns([
    column.display({
      id: 'job',
      header: t('jobs.column.job'),
      cell: ({ row }) => <JobName job={row.original} />,
    }),
    column.display({
      id: 'state',
      header: t('jobs.column.state'),
      cell: ({ row }) => <JobStateBadge state={row.original.state} />,
    }),
    column.display({
      id: 'agent',
      header: t('jobs.column.agent'),
      cell: ({ row }) => <JobAgent job={row.original} />,
    }),
    column.display({
      id: 'price',
      header: t('jobs.column.price'),
      cell: ({ row: { original } }) => (
        <JobPrice most={original.price} perGpuHour={original.bidPerGpuHour} />
      ),
    }),
    column.display({
      id: 'payout',
      header: t('jobs.column.payout'),
      cell: ({ row: { original } }) =>
        original.payoutState === null ? (
          unknownMark
        ) : (
          <PayoutStateBadge state={original.payoutState} />
        ),
    }),
    column.display({
      id: 'time',
      header: t('jobs.column.time'),
      cell: ({ row }) => <RunTime job={row.original} />,
    }),
    column.display({
      id: 'created',
      header: t('jobs.column.created'),
      cell: ({ row }) => <RelativeTime at={row.original.createdAt} />,
    }),
  ]);
}

export function JobTable({ jobs }: { jobs: JobSummary[] }) {
  const { t } = useTranslation();
  const columns = useMemo(() => jobColumns(t), [t]);
  const table = useTable({ features, columns, data: jobs, getRowId: (job) => job.jobId });
  return (
    <Table
      className="responsive-table linked-rows"
      verticalSpacing="sm"
      horizontalSpacing="md"
      highlightOnHover
    >
      <caption className="visually-hidden">{t('jobs.title')}</caption>
      <Table.Thead>
        {table.getHeaderGroups().map((group) => (
          <Table.Tr key={group.id}>
            {group.headers.map((header) => (
              <Table.Th
                key={header.id}
                className={numericColumns.has(header.column.id) ? 'numeric' : ''}
              >
                <table.FlexRender header={header} />
              </Table.Th>
            ))}
          </Table.Tr>
        ))}
      </Table.Thead>
      <Table.Tbody>
        {table.getRowModel().rows.map((row) => (
          <Table.Tr key={row.id}>
            {row.getAllCells().map((cell) => (
              <Table.Td
                key={cell.id}
                data-label={String(cell.column.columnDef.header)}
                className={numericColumns.has(cell.column.id) ? 'numeric' : ''}
              >
                <table.FlexRender cell={cell} />
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function JobName({ job }: { job: JobSummary }) {
  const { t } = useTranslation();
  return (
    <div>
      <Link to="/jobs/$jobId" params={{ jobId: job.jobId }} className="row-link">
        {job.name ?? t(`workload.${workloadKey(job.workload)}`)}
      </Link>
      <Text size="xs" c="dimmed" className="mono">
        {shorten(job.jobId, 8, 5)}
      </Text>
    </div>
  );
}

function JobAgent({ job }: { job: JobSummary }) {
  const { t } = useTranslation();
  return (
    <div>
      <Text size="sm" component="span">
        {job.agentName ?? unknownMark}
      </Text>
      <Text size="xs" c="dimmed" component="div">
        {job.gpus === 0 ? t('job.cpuOnly') : t('job.gpuCount', { count: job.gpus })}{' '}
        {job.simulatedDevice === true && <SimulatedBadge />}
      </Text>
    </div>
  );
}
