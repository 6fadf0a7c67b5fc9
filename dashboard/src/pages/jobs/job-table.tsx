import { Checkbox, Table, Text } from '@mantine/core';
import type { JobSummary } from '@node3/shared/routes/jobs';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { shorten, unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { JobStateBadge } from '../../parts/state-badge.tsx';
import { RunTime } from '../job/run-time.tsx';
import { workloadKey } from '../overview/board-table.tsx';
import type { Selection } from './use-selection.ts';

const labelsShown = 2;

interface JobTableProps {
  jobs: JobSummary[];
  selection: Selection;
}

/** One row a job. The whole row leads to it; the box in front selects it. */
export function JobTable({ jobs, selection }: JobTableProps) {
  const { t } = useTranslation();
  const columns = ['job', 'state', 'gpu', 'agent', 'time', 'cost', 'created'] as const;
  const numeric = new Set<string>(['time', 'cost', 'created']);
  return (
    <Table
      className="responsive-table linked-rows job-table"
      verticalSpacing="xs"
      horizontalSpacing="md"
      highlightOnHover
    >
      <caption className="visually-hidden">{t('jobs.title')}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th className="select-cell">
            <Checkbox
              size="xs"
              aria-label={t('jobs.select.page')}
              checked={selection.isAll}
              indeterminate={!selection.isAll && selection.ids.length > 0}
              onChange={selection.toggleAll}
            />
          </Table.Th>
          {columns.map((name) => (
            <Table.Th key={name} className={numeric.has(name) ? 'numeric' : ''}>
              {t(`jobs.column.${name}`)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {jobs.map((job) => (
          <JobRow key={job.jobId} job={job} selection={selection} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function JobRow({ job, selection }: { job: JobSummary; selection: Selection }) {
  const { t } = useTranslation();
  const { jobId } = job;
  const isSelected = selection.has(jobId);
  return (
    <Table.Tr data-job={jobId} data-selected={isSelected}>
      <Table.Td className="select-cell">
        <Checkbox
          size="xs"
          aria-label={t('jobs.select.one', { name: job.name ?? jobId })}
          checked={isSelected}
          onChange={() => selection.toggle(jobId)}
        />
      </Table.Td>
      <Table.Td data-label={t('jobs.column.job')}>
        <JobName job={job} />
      </Table.Td>
      <Table.Td data-label={t('jobs.column.state')}>
        <JobStateBadge state={job.state} />
      </Table.Td>
      <Table.Td data-label={t('jobs.column.gpu')}>
        <JobGpu job={job} />
      </Table.Td>
      <Table.Td data-label={t('jobs.column.agent')}>
        <Text size="sm" component="span" className="break">
          {job.agentName ?? unknownMark}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('jobs.column.time')} className="numeric">
        <RunTime job={job} />
      </Table.Td>
      <Table.Td data-label={t('jobs.column.cost')} className="numeric">
        <JobCost job={job} />
      </Table.Td>
      <Table.Td data-label={t('jobs.column.created')} className="numeric">
        <RelativeTime at={job.createdAt} />
      </Table.Td>
    </Table.Tr>
  );
}

function JobName({ job }: { job: JobSummary }) {
  const { t } = useTranslation();
  const labels = Object.entries(job.labels);
  const more = labels.length - labelsShown;
  return (
    <div className="job-name">
      <Link to="/jobs/$jobId" params={{ jobId: job.jobId }} className="row-link break">
        {job.name ?? t(`workload.${workloadKey(job.workload)}`)}
      </Link>
      <div className="job-marks">
        <span className="mono" title={job.jobId}>
          {shorten(job.jobId, 8, 5)}
        </span>
        {labels.slice(0, labelsShown).map(([name, value]) => (
          <LabelLink key={name} name={name} value={value} />
        ))}
        {more > 0 && <span>+{more}</span>}
      </div>
    </div>
  );
}

/** Leads to all jobs with this label, unless it has what the API takes for the end of one. */
function LabelLink({ name, value }: { name: string; value: string }) {
  const { t } = useTranslation();
  const text = `${name}=${value}`;
  if (text.includes(',') || name.includes('=')) return <span className="job-label">{text}</span>;
  return (
    <Link
      to="/jobs"
      search={{ label: text }}
      className="job-label"
      aria-label={t('jobs.filter.onlyLabel', { label: text })}
      title={text}
    >
      {text}
    </Link>
  );
}

function JobGpu({ job }: { job: JobSummary }) {
  const { t } = useTranslation();
  if (job.gpus === 0) {
    return (
      <Text size="sm" c="dimmed" component="span">
        {t('job.cpuOnly')}
      </Text>
    );
  }
  const models = job.gpuModels.join(', ');
  return (
    <Text size="sm" component="span">
      {models === ''
        ? t('job.gpuCount', { count: job.gpus })
        : job.gpus === 1
          ? models
          : `${job.gpus} × ${models}`}{' '}
      {job.simulatedDevice === true && <SimulatedBadge />}
    </Text>
  );
}

/** What it cost; the most it can cost while that is not settled. */
function JobCost({ job }: { job: JobSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (job.charged !== null) return <span className="nowrap">{format.money(job.charged)}</span>;
  return (
    <Text size="sm" c="dimmed" component="span" className="nowrap">
      {t('price.atMost', { money: format.money(job.costMax) })}
    </Text>
  );
}
