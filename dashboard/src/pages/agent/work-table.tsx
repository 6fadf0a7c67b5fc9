import { Text } from '@mantine/core';
import type { ReplyOf } from '@node3/shared/contract';
import { reasonNames } from '@node3/shared/job-state';
import type { listLocalExecutions } from '@node3/shared/routes/agent-local';
import { IconHistory } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import type { TableCsv } from '../../parts/data-table/save-csv.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { JobPrice } from '../../parts/job-price.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { ExecutionStateBadge } from '../../parts/state-badge.tsx';
import { nameOf } from './execution-name.ts';

export type LocalExecution = ReplyOf<typeof listLocalExecutions>['data'][number];

type Format = ReturnType<typeof useFormat>;

interface WorkTableProps {
  executions: readonly LocalExecution[];
  csv?: true;
  tools?: ReactNode;
  saves?: ReactNode;
  isFiltered?: boolean;
}

export function WorkTable({ executions, csv, saves, tools, isFiltered = false }: WorkTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo(() => columnsOf(t, format), [t, format]);
  return (
    <DataTable
      label={t('recent.title')}
      columns={columns}
      rows={executions}
      rowId={({ executionId }) => executionId}
      tools={tools}
      saves={saves}
      empty={
        <EmptyState icon={IconHistory} title={t(isFiltered ? 'work.noMatch' : 'recent.empty')}>
          {t(isFiltered ? 'work.noMatchText' : 'recent.emptyText')}
        </EmptyState>
      }
      {...(csv === undefined ? {} : { csv: workCsv })}
    />
  );
}

function columnsOf(t: TFunction, format: Format): DataColumn<LocalExecution>[] {
  return [
    {
      id: 'job',
      title: t('jobs.column.job'),
      cell: (execution) => (
        <>
          <Link to="/jobs/$jobId" params={{ jobId: execution.executionId }} className="row-link">
            {nameOf(execution)}
          </Link>
          {execution.name !== null && (
            <Text size="xs" c="dimmed" className="mono">
              {shorten(execution.jobId, 8, 5)}
            </Text>
          )}
        </>
      ),
    },
    {
      id: 'state',
      title: t('jobs.column.state'),
      cell: (execution) => <EndOf execution={execution} />,
    },
    {
      id: 'run',
      title: t('executions.run'),
      align: 'right',
      cell: ({ runMs }) => format.duration(runMs),
    },
    {
      id: 'reward',
      title: t('jobs.column.reward'),
      align: 'right',
      cell: ({ ratePerGpuHour, reward }) => <JobPrice most={reward} perGpuHour={ratePerGpuHour} />,
    },
    {
      id: 'accepted',
      title: t('recent.accepted'),
      align: 'right',
      cell: ({ acceptedAt }) => <RelativeTime at={acceptedAt} />,
    },
  ];
}

function EndOf({ execution }: { execution: LocalExecution }) {
  const { t } = useTranslation();
  const reason = reasonNames.find((name) => name === execution.reason);
  return (
    <>
      <ExecutionStateBadge state={execution.state} />
      {reason !== undefined && reason !== 'exited' && (
        <Text size="xs" c="dimmed" mt={2}>
          {t(`reason.${reason}.sentence`)}
        </Text>
      )}
    </>
  );
}

export const workCsv: TableCsv<LocalExecution> = {
  name: 'executions',
  columns: [
    { title: 'execution_id', value: ({ executionId }) => executionId },
    { title: 'job_id', value: ({ jobId }) => jobId },
    { title: 'name', value: ({ name }) => name },
    { title: 'state', value: ({ state }) => state },
    { title: 'reason', value: ({ reason }) => reason },
    { title: 'exit_code', value: ({ exitCode }) => exitCode },
    { title: 'run_ms', value: ({ runMs }) => runMs },
    { title: 'reward', value: ({ reward }) => reward.amount },
    { title: 'asset', value: ({ reward }) => reward.asset },
    { title: 'accepted_at', value: ({ acceptedAt }) => acceptedAt },
    { title: 'finished_at', value: ({ finishedAt }) => finishedAt },
  ],
};
