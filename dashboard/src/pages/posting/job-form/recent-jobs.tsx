import { Stack, Text } from '@mantine/core';
import type { JobSummary } from '@node3/shared/routes/jobs';
import { IconTerminal2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useChannelRefresh, usePollMs } from '../../../live/use-stream.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { jobName } from '../../../parts/job-name.ts';
import { PageLink } from '../../../parts/page-link.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { JobStateBadge } from '../../../parts/state-badge.tsx';
import { recentJobsKey, recentJobsQuery } from '../../../queries/posting.ts';

/** The newest jobs of the account, which renew themselves. */
export function RecentJobs() {
  const { t } = useTranslation();
  const pollMs = usePollMs();
  const query = useQuery({ ...recentJobsQuery(useApp()), refetchInterval: pollMs });
  useChannelRefresh('jobs', recentJobsKey);
  return (
    <SectionCard
      title={t('recentJobs.title')}
      padding="flush"
      aside={<PageLink to="/jobs">{t('recentJobs.all')}</PageLink>}
    >
      <QueryView query={query} lines={5}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState icon={IconTerminal2} title={t('recentJobs.empty')} />
          ) : (
            <ul className="plain-list work-recent">
              {data.map((job) => (
                <RecentJob key={job.jobId} job={job} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </SectionCard>
  );
}

function RecentJob({ job }: { job: JobSummary }) {
  const { t } = useTranslation();
  return (
    <li>
      <Stack gap={2} className="fact">
        <Link
          to="/jobs/$jobId"
          params={{ jobId: job.jobId }}
          className="row-link truncate"
          title={job.jobId}
        >
          {jobName(t, job)}
        </Link>
        <Text size="xs" c="dimmed" component="div">
          <RelativeTime at={job.createdAt} />
        </Text>
      </Stack>
      <JobStateBadge state={job.state} />
    </li>
  );
}
