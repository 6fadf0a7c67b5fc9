import { Text } from '@mantine/core';
import type { CsvColumn } from '@node3/shared/csv';
import type { JobSummary } from '@node3/shared/routes/jobs';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { shorten, unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { jobName } from '../../parts/job-name.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { JobStateBadge } from '../../parts/state-badge.tsx';
import { RunTime } from '../job/run-time.tsx';
import { gpuText } from './gpu-text.ts';

const labelsShown = 2;

/** What the list says of a job. Its order is the API's, newest first: no column sorts one page of many. */
export function jobColumns(t: TFunction): DataColumn<JobSummary>[] {
  return [
    { id: 'job', title: t('jobs.column.job'), cell: (job) => <JobName job={job} /> },
    {
      id: 'state',
      title: t('jobs.column.state'),
      cell: (job) => <JobStateBadge state={job.state} />,
    },
    { id: 'gpu', title: t('jobs.column.gpu'), cell: (job) => <JobGpu job={job} /> },
    { id: 'agent', title: t('jobs.column.agent'), cell: (job) => job.agentName ?? unknownMark },
    {
      id: 'time',
      title: t('jobs.column.time'),
      align: 'right',
      cell: (job) => <RunTime job={job} />,
    },
    {
      id: 'cost',
      title: t('jobs.column.cost'),
      align: 'right',
      cell: (job) => <JobCost job={job} />,
    },
    {
      id: 'created',
      title: t('jobs.column.created'),
      align: 'right',
      cell: (job) => <RelativeTime at={job.createdAt} />,
    },
  ];
}

export const jobCsvColumns: readonly CsvColumn<JobSummary>[] = [
  { title: 'jobId', value: (job) => job.jobId },
  { title: 'name', value: (job) => job.name },
  { title: 'state', value: (job) => job.state },
  { title: 'reason', value: (job) => job.reason },
  { title: 'gpus', value: (job) => String(job.gpus) },
  { title: 'gpuModels', value: (job) => job.gpuModels.join(' ') },
  { title: 'agent', value: (job) => job.agentName },
  { title: 'charged', value: (job) => job.charged?.amount ?? null },
  { title: 'asset', value: (job) => job.costMax.asset },
  { title: 'createdAt', value: (job) => job.createdAt },
  { title: 'startedAt', value: (job) => job.startedAt },
  { title: 'finishedAt', value: (job) => job.finishedAt },
];

function JobName({ job }: { job: JobSummary }) {
  const { t } = useTranslation();
  const labels = Object.entries(job.labels);
  const more = labels.length - labelsShown;
  return (
    <div className="job-name">
      <Link to="/jobs/$jobId" params={{ jobId: job.jobId }} className="row-link break">
        {jobName(t, job)}
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
      className="job-label row-action"
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
        {gpuText(t, job)}
      </Text>
    );
  }
  return (
    <span>
      {gpuText(t, job)} {job.simulatedDevice === true && <SimulatedBadge />}
    </span>
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
