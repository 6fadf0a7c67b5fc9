import { Table, Text } from '@mantine/core';
import type { PublicJob } from '@node3/shared/routes/marketplace';
import { IconClipboardList } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { JobPrice } from '../../parts/job-price.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { JobStateBadge } from '../../parts/state-badge.tsx';

/** The newest rows of the board; the API has the rest. */
const rowsMax = 50;

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
    <>
      <Table className="responsive-table" verticalSpacing="sm" horizontalSpacing="md">
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
          {jobs.slice(0, rowsMax).map((job) => (
            <BoardRow key={job.jobId} job={job} />
          ))}
        </Table.Tbody>
      </Table>
      {jobs.length > rowsMax && (
        <Text size="sm" c="dimmed" p="md">
          {t('board.more', { count: jobs.length - rowsMax })}
        </Text>
      )}
    </>
  );
}

function BoardRow({ job }: { job: PublicJob }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table.Tr>
      <Table.Td data-label={t('jobs.column.job')}>
        <Text component="span" size="sm" fw={500}>
          {t(`workload.${workloadKey(job.workload)}`)}
        </Text>
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

const workloads = ['container', 'python', 'javascript', 'typescript', 'bash'] as const;

/** A word this version doesn't know is shown as a job, not as nothing. */
export function workloadKey(workload: string): (typeof workloads)[number] | 'other' {
  return workloads.find((known) => known === workload) ?? 'other';
}
