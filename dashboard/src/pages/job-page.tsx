import { Button, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { shorten } from '../format.ts';
import { useChannelRefresh, useStreamStatus } from '../live/use-stream.ts';
import { RequireSession } from '../parts/require-session.tsx';
import { UnreadPage } from '../parts/unread-page.tsx';
import { isSettled, jobKey, jobQuery } from '../queries/jobs.ts';
import { JobView } from './job/job-view.tsx';

const route = getRouteApi('/jobs/$jobId');

/** One job: where it is, why, what it printed and what it cost. */
export function JobPage() {
  const { jobId } = route.useParams();
  return (
    <RequireSession key={jobId} heading={shorten(jobId, 12, 5)}>
      {() => <JobLoader jobId={jobId} key={jobId} />}
    </RequireSession>
  );
}

function JobLoader({ jobId }: { jobId: string }) {
  const app = useApp();
  const streaming = useStreamStatus() === 'open';
  useChannelRefresh(`job:${jobId}`, jobKey(jobId), 300);
  const { t } = useTranslation();
  const query = useQuery({
    ...jobQuery(app, jobId),
    // Polling ends when nothing about the job can change any more.
    refetchInterval: ({ state: { data } }) => {
      if (data !== undefined && isSettled(data)) return false;
      return streaming ? 5_000 : 1_500;
    },
  });
  if (query.data === undefined) {
    return (
      <UnreadPage
        heading={shorten(jobId, 12, 5)}
        queries={[query]}
        code="JOB_NOT_FOUND"
        missing={t('job.missing')}
      >
        <Stack align="center">
          {t('job.missingText')}
          <Button variant="default" renderRoot={(props) => <Link to="/jobs" {...props} />}>
            {t('job.backToJobs')}
          </Button>
        </Stack>
      </UnreadPage>
    );
  }
  return (
    <Stack gap="lg">
      <JobView job={query.data} />
    </Stack>
  );
}
