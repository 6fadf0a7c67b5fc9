import { Group, Text } from '@mantine/core';
import type { JobSummary } from '@node3/shared/routes/jobs';
import { IconListDetails } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../parts/empty-state.tsx';
import { jobName, workloadName } from '../../parts/job-name.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { JobStateBadge } from '../../parts/state-badge.tsx';

/** The newest of the own jobs, each with the icon and the word of its state. */
export function RecentJobs({ jobs }: { jobs: readonly JobSummary[] }) {
  const { t } = useTranslation();
  if (jobs.length === 0) {
    return (
      <EmptyState icon={IconListDetails} title={t('overview.noJobs')}>
        <Link to="/jobs/new">{t('board.emptyAction')}</Link>
      </EmptyState>
    );
  }
  return (
    <ul className="plain-list recent-jobs">
      {jobs.map((job) => (
        <li key={job.jobId}>
          <JobStateBadge state={job.state} />
          <div className="recent-name">
            <Link to="/jobs/$jobId" params={{ jobId: job.jobId }} className="row-link truncate">
              {jobName(t, job)}
            </Link>
            <Text size="xs" c="dimmed" className="truncate">
              {workloadName(t, job.workload)}
              {job.agentName !== null && ` · ${job.agentName}`}
            </Text>
          </div>
          <Group gap={0} className="recent-time">
            <RelativeTime at={job.createdAt} />
          </Group>
        </li>
      ))}
    </ul>
  );
}
