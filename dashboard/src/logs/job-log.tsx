import { Text } from '@mantine/core';
import { isTerminalJob } from '@node3/shared/job-state';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { useTranslation } from 'react-i18next';
import { ErrorView } from '../parts/error-view.tsx';
import { SectionCard } from '../parts/section-card.tsx';
import { LogDownload } from './log-download.tsx';
import { LogViewer } from './log-viewer.tsx';
import { useLogFeed } from './use-log-feed.ts';

/** The log of one job, from its first line, while it runs and after it. */
export function JobLog({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const { buffer, state, retry } = useLogFeed(job.jobId);
  const empty =
    state.phase === 'loading'
      ? t('log.loading')
      : isTerminalJob(job.state)
        ? t('log.emptyEnded')
        : job.state === 'running'
          ? t('log.emptyRunning')
          : t('log.emptyWaiting');
  return (
    <SectionCard
      title={t('log.title')}
      padding="flush"
      aside={
        <Text size="sm" c="dimmed" component="span">
          {state.phase === 'ended' ? t('log.ended') : t('log.live')}
        </Text>
      }
    >
      {state.error !== null && (
        <div className="section-body">
          <ErrorView error={state.error} onRetry={retry} />
        </div>
      )}
      <LogViewer
        buffer={buffer}
        emptyText={empty}
        download={<LogDownload jobId={job.jobId} />}
        ended={state.phase === 'ended'}
      />
    </SectionCard>
  );
}
