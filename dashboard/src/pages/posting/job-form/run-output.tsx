import { Group, Stack, Text } from '@mantine/core';
import { isTerminalJob } from '@node3/shared/job-state';
import type { ExecutionView, JobDetail } from '@node3/shared/routes/jobs';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useFormat } from '../../../i18n/use-format.ts';
import { useChannelRefresh, usePollMs } from '../../../live/use-stream.ts';
import { JobLog } from '../../../logs/job-log.tsx';
import { JsonView } from '../../../parts/json-view.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { JobStateBadge } from '../../../parts/state-badge.tsx';
import { jobKey, jobQuery } from '../../../queries/jobs.ts';
import { CancelButton } from '../../job/cancel-button.tsx';

/** What a job that was run here does: its state, its log as it comes, and what it answers. */
export function RunOutput({ jobId }: { jobId: string }) {
  const { t } = useTranslation();
  const pollMs = usePollMs();
  const query = useQuery({
    ...jobQuery(useApp(), jobId),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isTerminalJob(state.data.state) ? false : pollMs,
  });
  useChannelRefresh(`job:${jobId}`, jobKey(jobId));
  const card = useRef<HTMLDivElement>(null);
  // The braces matter: newer browsers answer a scroll with a promise, which is no clean-up.
  useEffect(() => {
    card.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <div ref={card}>
      <SectionCard title={t('output.title')}>
        <QueryView query={query}>{(job) => <RunView job={job} />}</QueryView>
      </SectionCard>
    </div>
  );
}

function isRun(last: ExecutionView | undefined): last is ExecutionView {
  return last !== undefined && last.runMs !== null && last.startedAt !== null;
}

function RunView({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const last = job.executions.at(-1);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Group gap="sm" role="status">
          <span data-testid="run-state">
            <JobStateBadge state={job.state} />
          </span>
          {job.exitCode !== null && (
            <Text size="sm">{t('output.exitCode', { code: job.exitCode })}</Text>
          )}
          {isRun(last) && <Text size="sm">{format.runTime(last)}</Text>}
          {job.settlement.charged !== null && (
            <Text size="sm">
              {t('output.charged', { money: format.money(job.settlement.charged) })}
            </Text>
          )}
        </Group>
        <Group gap="sm">
          <CancelButton job={job} />
          <PageLink to="/jobs/$jobId" params={{ jobId: job.jobId }}>
            {t('output.page')}
          </PageLink>
        </Group>
      </Group>
      {job.reason !== null && <Text size="sm">{t(`reason.${job.reason}.sentence`)}</Text>}
      <JobLog job={job} />
      {job.output !== null && job.output !== undefined && (
        <JsonView value={job.output} label={t('output.copy')} />
      )}
    </Stack>
  );
}
