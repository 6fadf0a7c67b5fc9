import { Anchor } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { shorten } from '../format.ts';
import { useChannelRefresh } from '../live/use-stream.ts';
import { JobLog } from '../logs/job-log.tsx';
import { readLineRange } from '../logs/line-range.ts';
import { beginOwnLog } from '../logs/log-source.ts';
import { CommandLines } from '../parts/command-lines.tsx';
import { PageHeading } from '../parts/page-heading.tsx';
import { QueryView } from '../parts/query-view.tsx';
import { RequireSession } from '../parts/require-session.tsx';
import { JobStateBadge } from '../parts/state-badge.tsx';
import { jobKey, jobQuery } from '../queries/jobs.ts';
import { curlLine } from '../shell-command.ts';

const route = getRouteApi('/jobs/$jobId/logs');

/** The log of a job and nothing else, as tall as the window. */
export function JobLogsPage() {
  const { jobId } = route.useParams();
  const app = useApp();
  const queryClient = useQueryClient();
  // All that the page needs is asked for at once, and not one after the other as its parts appear.
  useState(() => {
    if (!app.signedIn) return;
    void queryClient.prefetchQuery(jobQuery(app, jobId));
    beginOwnLog(app.client, jobId, readLineRange(location.hash)?.from ?? 1);
  });
  return (
    <RequireSession key={jobId} heading={shorten(jobId, 12, 5)}>
      {() => <LogsOfJob jobId={jobId} />}
    </RequireSession>
  );
}

function LogsOfJob({ jobId }: { jobId: string }) {
  const { t } = useTranslation();
  const app = useApp();
  useChannelRefresh(`job:${jobId}`, jobKey(jobId), 1_000);
  const query = useQuery({ ...jobQuery(app, jobId), refetchInterval: 20_000 });
  const job = query.data;
  return (
    <>
      <PageHeading
        title={job?.name ?? shorten(jobId, 12, 5)}
        mark={job === undefined ? null : <JobStateBadge state={job.state} />}
        subtitle={
          <Anchor
            size="sm"
            renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId }} {...props} />}
          >
            {t('log.backToJob')}
          </Anchor>
        }
      />
      <QueryView query={query} lines={8}>
        {(loaded) => <JobLog job={loaded} size="page" />}
      </QueryView>
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 job logs ${jobId} -f` },
          {
            label: 'curl',
            text: curlLine({ url: `${location.origin}/api/v1/jobs/${jobId}/logs/download` }),
          },
        ]}
      />
    </>
  );
}
