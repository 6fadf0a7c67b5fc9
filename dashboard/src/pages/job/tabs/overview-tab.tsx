import { Grid, Stack } from '@mantine/core';
import { isTerminalJob } from '@node3/shared/job-state';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { useTranslation } from 'react-i18next';
import { JsonView } from '../../../parts/json-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { ExecutionsTable } from '../executions-table.tsx';
import { ExplanationPanel } from '../explanation-panel.tsx';
import { JobTimeline } from '../job-timeline.tsx';
import { LivePhase } from '../live-phase.tsx';
import { JobRelatives } from '../overview/job-relatives.tsx';
import { LastLines } from '../overview/last-lines.tsx';
import { RateProvider } from '../overview/rate-provider.tsx';
import { PaymentLane } from '../payment-lane.tsx';
import { SilentAgent } from '../silent-agent.tsx';

/** Where the job is and how it came there. */
export function OverviewTab({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <Stack gap="lg">
          <SilentAgent job={job} />
          {job.state === 'queued' && <ExplanationPanel jobId={job.jobId} />}
          <LastLines job={job} />
          <SectionCard title={t('executions.title')} padding="flush">
            <ExecutionsTable executions={job.executions} isOver={isTerminalJob(job.state)} />
          </SectionCard>
          {job.output !== null && job.output !== undefined && (
            <SectionCard title={t('job.output')} description={t('job.outputText')}>
              <JsonView value={job.output} label={t('job.copyOutput')} />
            </SectionCard>
          )}
          <JobRelatives job={job} />
          <RateProvider job={job} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <Stack gap="lg">
          <SectionCard title={t('timeline.title')}>
            <LivePhase job={job} />
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
