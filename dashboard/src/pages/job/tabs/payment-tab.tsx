import { Grid, Stack } from '@mantine/core';
import { isTerminalJob } from '@node3/shared/job-state';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { useTranslation } from 'react-i18next';
import { CommandLines } from '../../../parts/command-lines.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { curlLine } from '../../../shell-command.ts';
import { PaymentLane } from '../payment-lane.tsx';
import { Receipt } from '../receipt.tsx';
import { SignedReceiptCard } from '../signed-receipt.tsx';

/** Where the money is, what was agreed and charged, and the receipt that proves it. */
export function PaymentTab({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const { jobId } = job;
  const url = `${location.origin}/api/v1/jobs/${jobId}/receipt`;
  return (
    <Stack gap="md">
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <SectionCard title={t('payment.title')}>
            <PaymentLane job={job} />
          </SectionCard>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack gap="lg">
            <SectionCard title={t('receipt.title')} description={t('receipt.description')}>
              <Receipt job={job} />
            </SectionCard>
            {isTerminalJob(job.state) && <SignedReceiptCard job={job} />}
          </Stack>
        </Grid.Col>
      </Grid>
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 job receipt ${jobId}` },
          { label: 'curl', text: curlLine({ url }) },
        ]}
      />
    </Stack>
  );
}
