import { Alert, Button, Grid, Group, Stack } from '@mantine/core';
import type { Account } from '@node3/shared/routes/accounts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageLink } from '../../parts/page-link.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { newStart } from './draft/job-start.ts';
import { JobFormProvider } from './job-form/job-form-provider.tsx';
import { QuoteCard } from './job-form/quote-card.tsx';
import { RecentJobs } from './job-form/recent-jobs.tsx';
import { RunOutput } from './job-form/run-output.tsx';
import { SubmitCard } from './job-form/submit-card.tsx';
import { useRunForm } from './job-form/use-run-form.ts';
import { SaveButtons } from './saving/save-buttons.tsx';
import { GpuFields } from './sections/gpu-fields.tsx';
import { OnDemandField } from './sections/on-demand-field.tsx';
import { PriceFields } from './sections/price-fields.tsx';
import { ScriptFields } from './sections/script-fields.tsx';
import { TimeoutField } from './sections/timeout-field.tsx';
import './work.css';

interface Ran {
  jobId: string;
  how: 'sync' | 'async';
}

/** Code, where it runs and for how long, with what was run before beside it. */
export function CodeForm({ account }: { account: Account }) {
  const { t } = useTranslation();
  const [ran, setRan] = useState<Ran | null>(null);
  const { form, live, submit, startOver } = useRunForm({
    name: 'code',
    account,
    start: newStart,
    onPosted: ({ jobId }, how) => setRan({ jobId, how }),
  });
  return (
    <JobFormProvider value={form}>
      <form noValidate aria-label={t('code.title')} onSubmit={(event) => event.preventDefault()}>
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 8 }}>
            <Stack gap="lg">
              <SectionCard title={t('code.script')}>
                <div className="work-fields">
                  <ScriptFields rows={20} onRun={() => submit.submit('sync')} />
                </div>
              </SectionCard>
              {ran?.how === 'async' && <Posted jobId={ran.jobId} />}
              {ran?.how === 'sync' && <RunOutput jobId={ran.jobId} key={ran.jobId} />}
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <Stack gap="lg">
              <SectionCard title={t('code.options')}>
                <div className="work-fields">
                  <GpuFields />
                  <TimeoutField />
                  <OnDemandField />
                  <PriceFields />
                </div>
              </SectionCard>
              <QuoteCard live={live} />
              <SubmitCard
                submission={submit.submission}
                pending={submit.pending}
                onSubmit={submit.submit}
              />
              <SaveButtons />
              <RecentJobs />
              <Group justify="space-between" gap="xs">
                <PageLink to="/jobs/new">{t('code.allFields')}</PageLink>
                <Button size="compact-sm" variant="subtle" color="gray" onClick={startOver}>
                  {t('draft.startOver')}
                </Button>
              </Group>
            </Stack>
          </Grid.Col>
        </Grid>
      </form>
    </JobFormProvider>
  );
}

function Posted({ jobId }: { jobId: string }) {
  const { t } = useTranslation();
  return (
    <Alert variant="light" color="green" role="status" title={t('code.posted')}>
      <PageLink to="/jobs/$jobId" params={{ jobId }}>
        {t('output.page')}
      </PageLink>
    </Alert>
  );
}
