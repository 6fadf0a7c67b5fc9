import { Grid, Stack, Tabs } from '@mantine/core';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { useTranslation } from 'react-i18next';
import { JobLog } from '../../logs/job-log.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { curlLine } from '../../shell-command.ts';
import { ExecutionsTable } from './executions-table.tsx';
import { ExplanationPanel } from './explanation-panel.tsx';
import { JobFiles } from './job-files.tsx';
import { JobHeader } from './job-header.tsx';
import { JobTimeline } from './job-timeline.tsx';
import { PaymentLane } from './payment-lane.tsx';
import { Receipt } from './receipt.tsx';

export function JobView({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  return (
    <>
      <JobHeader job={job} />
      <Tabs defaultValue="overview" keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="overview">{t('job.tab.overview')}</Tabs.Tab>
          <Tabs.Tab value="executions">
            {t('job.tab.executions', { count: job.executions.length })}
          </Tabs.Tab>
          <Tabs.Tab value="spec">{t('job.tab.spec')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <JobOverview job={job} />
        </Tabs.Panel>
        <Tabs.Panel value="executions">
          <SectionCard title={t('executions.title')} padding="flush">
            <ExecutionsTable executions={job.executions} />
          </SectionCard>
        </Tabs.Panel>
        <Tabs.Panel value="spec">
          <SectionCard title={t('job.spec')} description={t('job.specText')}>
            <JsonView value={job.spec} label={t('job.copySpec')} />
          </SectionCard>
        </Tabs.Panel>
      </Tabs>
      <JobCommands job={job} />
    </>
  );
}

function JobOverview({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <Stack gap="lg">
          {job.state === 'queued' && <ExplanationPanel jobId={job.jobId} />}
          <JobLog job={job} />
          {job.output !== null && job.output !== undefined && (
            <SectionCard title={t('job.output')} description={t('job.outputText')}>
              <JsonView value={job.output} label={t('job.copyOutput')} />
            </SectionCard>
          )}
          <JobFiles jobId={job.jobId} />
          <SectionCard title={t('receipt.title')} description={t('receipt.description')}>
            <Receipt job={job} />
          </SectionCard>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <Stack gap="lg">
          <SectionCard title={t('timeline.title')}>
            <JobTimeline job={job} />
          </SectionCard>
          <SectionCard title={t('payment.title')}>
            <PaymentLane job={job} />
          </SectionCard>
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

function JobCommands({ job }: { job: JobDetail }) {
  const url = `${location.origin}/api/v1/jobs/${job.jobId}`;
  return (
    <CommandLines
      lines={[
        { label: 'CLI', text: `node3 job get ${job.jobId}` },
        { label: 'CLI', text: `node3 job logs ${job.jobId} -f` },
        { label: 'CLI', text: `node3 job download ${job.jobId} -o results` },
        { label: 'curl', text: curlLine({ url }) },
        { label: 'curl', text: curlLine({ url: `${url}/logs?follow=true` }) },
      ]}
    />
  );
}
