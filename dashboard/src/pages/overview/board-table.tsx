import { Table, Text } from '@mantine/core';
import type { PublicJob } from '@node3/shared/routes/marketplace';
import { IconClipboardList } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { workloadName } from '../../parts/job-name.ts';
import { JobPrice } from '../../parts/job-price.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { JobStateBadge } from '../../parts/state-badge.tsx';

export function BoardTable({ jobs }: { jobs: PublicJob[] }) {
  const { t } = useTranslation();
  if (jobs.length === 0) {
    return (
      <EmptyState icon={IconClipboardList} title={t('board.empty')}>
        <Link to="/jobs/new">{t('board.emptyAction')}</Link>
      </EmptyState>
    );
  }
  return (
    <Table className="responsive-table linked-rows" verticalSpacing="sm" horizontalSpacing="md">
      <caption className="visually-hidden">{t('board.title')}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('jobs.column.job')}</Table.Th>
          <Table.Th>{t('jobs.column.state')}</Table.Th>
          <Table.Th>{t('jobs.column.needs')}</Table.Th>
          <Table.Th className="numeric">{t('jobs.column.reward')}</Table.Th>
          <Table.Th className="numeric">{t('jobs.column.created')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {jobs.map((job) => (
          <BoardRow key={job.jobId} job={job} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function BoardRow({ job }: { job: PublicJob }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table.Tr>
      <Table.Td data-label={t('jobs.column.job')}>
        <Link to="/marketplace" search={withJob(job.jobId)} className="row-link">
          {workloadName(t, job.workload)}
        </Link>
        <Text size="xs" c="dimmed" className="mono">
          {shorten(job.jobId, 8, 5)}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('jobs.column.state')}>
        <JobStateBadge state={job.state} />
      </Table.Td>
      <Table.Td data-label={t('jobs.column.needs')}>
        {job.gpus === 0 ? t('job.cpuOnly') : t('job.gpuCount', { count: job.gpus })}
        <Text size="xs" c="dimmed">
          {job.gpuModels !== null && `${job.gpuModels.join(', ')} · `}
          {t('board.limit', { limit: format.duration(job.runSec * 1000) })}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('jobs.column.reward')} className="numeric">
        <JobPrice most={job.reward} perGpuHour={job.bidPerGpuHour} />
      </Table.Td>
      <Table.Td data-label={t('jobs.column.created')} className="numeric">
        <RelativeTime at={job.createdAt} />
      </Table.Td>
    </Table.Tr>
  );
}

/** Beside what the list is filtered by, where it is the market's. */
function withJob(job: string) {
  return ((before: object) => ({ ...before, job })) as never;
}
