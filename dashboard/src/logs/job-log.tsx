import { isTerminalJob } from '@node3/shared/job-state';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { SectionCard } from '../parts/section-card.tsx';
import { ownLog } from './log-source.ts';
import { LogViewer } from './log-viewer.tsx';

interface JobLogProps {
  job: Pick<JobDetail, 'jobId' | 'state' | 'startedAt' | 'executions'>;
  /** `page`: as tall as the window. */
  size?: 'card' | 'page';
}

/** The log of one job, while it runs and after it. */
export function JobLog({ job, size = 'card' }: JobLogProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const { jobId, state, startedAt, executions } = job;
  const emptyText = useEmptyText(state);
  return (
    <SectionCard title={t('log.title')} padding="flush">
      <LogViewer
        key={jobId}
        makeSource={() => ownLog(client, jobId)}
        isRunning={!isTerminalJob(state)}
        startedAtMs={startedAt === null ? null : Date.parse(startedAt)}
        attempts={executions.at(-1)?.attempt ?? 0}
        emptyText={emptyText}
        isPage={size === 'page'}
      />
    </SectionCard>
  );
}

/** Why there is no line. */
export function useEmptyText(state: JobDetail['state']): (removedAt: string | null) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (removedAt) => {
    if (removedAt !== null) {
      return t('log.emptyRemoved', { time: format.time(Date.parse(removedAt)) });
    }
    if (state === 'succeeded') return t('log.emptySucceeded');
    if (isTerminalJob(state)) return t('log.emptyEnded');
    return state === 'running' ? t('log.emptyRunning') : t('log.emptyWaiting');
  };
}
