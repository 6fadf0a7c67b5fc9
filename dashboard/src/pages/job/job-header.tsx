import { Alert, Anchor, Breadcrumbs, Group, Text } from '@mantine/core';
import { isTerminalJob } from '@node3/shared/job-state';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { IconAlertTriangle, IconHourglass, IconInfoCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { shorten, unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { jobName } from '../../parts/job-name.ts';
import { PageHeading } from '../../parts/page-heading.tsx';
import { JobStateBadge, PayoutStateBadge } from '../../parts/state-badge.tsx';
import { useNow } from '../../use-now.ts';
import { gpuText } from '../jobs/gpu-text.ts';
import { CancelButton } from './cancel-button.tsx';
import { costSoFar } from './cost-so-far.ts';
import { RerunButton } from './rerun-button.tsx';
import { RunTime } from './run-time.tsx';
import { ShareButton } from './share/share-button.tsx';

export function JobHeader({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const title = jobName(t, job);
  return (
    <div>
      <Breadcrumbs mb={6} className="breadcrumbs">
        <Anchor renderRoot={(props) => <Link to="/jobs" {...props} />} size="sm">
          {t('nav.jobs')}
        </Anchor>
        <Text size="sm" c="dimmed">
          {shorten(job.jobId, 8, 5)}
        </Text>
      </Breadcrumbs>
      <PageHeading
        title={title}
        mark={
          <span role="status" data-testid="job-state">
            <JobStateBadge state={job.state} size="lg" />
          </span>
        }
        subtitle={
          <Group gap={2} wrap="nowrap">
            <span className="mono truncate">{job.jobId}</span>
            <CopyText value={job.jobId} label={t('job.copyId')} />
          </Group>
        }
        actions={
          <Group gap="xs">
            <ShareButton job={job} />
            <RerunButton job={job} />
            <CancelButton job={job} />
          </Group>
        }
      />
      <ReasonAlert job={job} />
      <KeyFacts job={job} />
    </div>
  );
}

/** Why the job is where it is and what to do about it, unless all is well. */
function ReasonAlert({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  if (job.state === 'queued' && job.waitsFor > 0) {
    const title = t('job.waitsFor', { count: job.waitsFor });
    return <Alert color="gray" variant="light" mb="lg" icon={<IconHourglass />} title={title} />;
  }
  if (job.reason === null || job.reason === 'exited') return null;
  const bad = job.state === 'failed' || job.state === 'timed_out' || job.state === 'expired';
  const Icon = bad ? IconAlertTriangle : IconInfoCircle;
  return (
    <Alert
      color={bad ? 'red' : 'gray'}
      variant="light"
      mb="lg"
      icon={<Icon aria-hidden />}
      title={t(`reason.${job.reason}.sentence`)}
      data-testid="job-reason"
    >
      {t(`reason.${job.reason}.action`)}
      {job.exitCode !== null && ` ${t('job.exitCode', { code: job.exitCode })}`}
    </Alert>
  );
}

function KeyFacts({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  return (
    <dl className="key-facts" aria-label={t('job.facts')}>
      <div>
        <dt>{t('job.cost')}</dt>
        <dd data-testid="job-cost">
          <Cost job={job} />
        </dd>
      </div>
      <div>
        <dt>{t('job.duration')}</dt>
        <dd>
          <RunTime job={job} />
        </dd>
      </div>
      <div>
        <dt>{t('job.agent')}</dt>
        <dd>
          {job.agentName ?? unknownMark} {job.simulatedDevice === true && <SimulatedBadge />}
        </dd>
      </div>
      <div>
        <dt>{t('job.gpus')}</dt>
        <dd>{gpuText(t, job)}</dd>
      </div>
      <div>
        <dt>{t('job.attempt')}</dt>
        <dd>{t('job.attemptOf', { attempt: job.attempt, max: job.attemptsMax })}</dd>
      </div>
      <div>
        <dt>{t('payout.state')}</dt>
        <dd>
          {job.payoutState === null ? unknownMark : <PayoutStateBadge state={job.payoutState} />}
        </dd>
      </div>
    </dl>
  );
}

/** What it cost; while it runs what it costs until now, and always how much it can become. */
function Cost({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nowMs = useNow(1_000);
  const { charged, costMax, bidPerGpuHour } = job;
  if (charged !== null) return format.money(charged);
  const sofar = costSoFar(job, nowMs);
  const most = t('price.atMost', { money: format.money(costMax) });
  return (
    <>
      {sofar === null ? most : t('job.costSoFar', { money: format.money(sofar) })}
      <Text size="xs" c="dimmed" fw={400}>
        {sofar !== null && most}
        {sofar === null && bidPerGpuHour !== null && !isTerminalJob(job.state)
          ? t('price.perGpuHour', { money: format.money(bidPerGpuHour) })
          : ''}
      </Text>
    </>
  );
}
