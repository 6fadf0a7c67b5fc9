import { Stack, Text } from '@mantine/core';
import { isMarketError } from '@node3/shared/error';
import { idPattern } from '@node3/shared/ids';
import { isTerminalJob } from '@node3/shared/job-state';
import type { SharedJob } from '@node3/shared/routes/job-links';
import { IconLinkOff } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { jobName } from '../parts/job-name.ts';
import { PageHeading } from '../parts/page-heading.tsx';
import { QueryView } from '../parts/query-view.tsx';
import { ReasonText } from '../parts/server-words.tsx';
import { JobStateBadge } from '../parts/state-badge.tsx';
import {
  type SharedLink,
  sharedFilesQuery,
  sharedJobQuery,
  sharedLogQuery,
} from '../queries/shared-job.ts';
import { SharedFacts } from './shared/shared-facts.tsx';
import { SharedFiles } from './shared/shared-files.tsx';
import { SharedLog } from './shared/shared-log.tsx';
import { SharedProgram } from './shared/shared-program.tsx';
import './job/job-page.css';

const route = getRouteApi('/s/$linkId');

const wholeId = new RegExp(idPattern('link'));

/** What a link to a job shows, to whoever has it: nothing here can be changed, and nothing costs. */
export function SharedJobPage() {
  const { linkId } = route.useParams();
  const { signature } = route.useSearch();
  // A link that lost its end on the way to the reader.
  if (signature === undefined || !wholeId.test(linkId)) return <EndedLink />;
  return <SharedJobLoader link={{ linkId, signature }} key={linkId} />;
}

function SharedJobLoader({ link }: { link: SharedLink }) {
  const { t } = useTranslation();
  const app = useApp();
  const job = useQuery(sharedJobQuery(app, link));
  // A link may show the log or the files only: then the job itself is refused.
  const isHidden = isMarketError(job.error, 'LINK_INVALID');
  const mayShow = (part: 'logs' | 'artifacts') =>
    isHidden || job.data?.shows.includes(part) === true;
  // Whether it may be read, and whether more will come: the viewer reads the lines.
  const log = useQuery({
    ...sharedLogQuery(app, link),
    enabled: mayShow('logs'),
    refetchInterval: false,
  });
  const files = useQuery({ ...sharedFilesQuery(app, link), enabled: mayShow('artifacts') });
  useFilesOfEnd(link, job.data);
  const refused = [job, log, files].every(({ error }) => isMarketError(error, 'LINK_INVALID'));
  if (refused) return <EndedLink />;
  return (
    <Stack gap="lg">
      {isHidden ? (
        <PageHeading title={t('shared.title')} />
      ) : (
        <QueryView query={job} lines={6}>
          {(shown) => <SharedHeader job={shown} />}
        </QueryView>
      )}
      {log.data !== undefined && <SharedLog link={link} isOver={log.data.ended} />}
      {files.data !== undefined && files.data.data.length > 0 && (
        <SharedFiles files={files.data.data} />
      )}
      {job.data !== undefined && <SharedProgram job={job.data} />}
    </Stack>
  );
}

/** Files come with the end of the job: they are read again then. */
function useFilesOfEnd({ linkId }: SharedLink, job: SharedJob | undefined): void {
  const queryClient = useQueryClient();
  const isOver = job !== undefined && isTerminalJob(job.state);
  useEffect(() => {
    if (isOver) void queryClient.invalidateQueries({ queryKey: ['shared', linkId, 'files'] });
  }, [isOver, linkId, queryClient]);
}

function SharedHeader({ job }: { job: SharedJob }) {
  const { t } = useTranslation();
  const format = useFormat();
  const until = t('shared.until', { time: format.time(Date.parse(job.linkExpiresAt)) });
  return (
    <div>
      <PageHeading
        title={jobName(t, job)}
        mark={
          <span role="status" data-testid="job-state">
            <JobStateBadge state={job.state} size="lg" />
          </span>
        }
        subtitle={`${t('shared.title')} · ${until}`}
      />
      {job.reasonSentence !== null && job.state !== 'succeeded' && (
        <Text size="sm" mb="md">
          <ReasonText sentence={job.reasonSentence} />
        </Text>
      )}
      <SharedFacts job={job} />
    </div>
  );
}

function EndedLink() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('shared.title')} />
      <EmptyState icon={IconLinkOff} title={t('shared.ended')}>
        {t('shared.endedText')}
      </EmptyState>
    </>
  );
}
