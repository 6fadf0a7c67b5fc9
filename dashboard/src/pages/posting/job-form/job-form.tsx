import { Alert, Button, Grid, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import type { Account } from '@node3/shared/routes/accounts';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AsCodeCard } from '../as-code/as-code-card.tsx';
import { countAdvanced } from '../draft/draft-fields.ts';
import type { JobStart } from '../draft/job-start.ts';
import { SaveButtons } from '../saving/save-buttons.tsx';
import { BasicSection } from '../sections/basic-section.tsx';
import { EnvironmentSection } from '../sections/environment-section.tsx';
import { ExecutionSection } from '../sections/execution-section.tsx';
import { PreferencesSection } from '../sections/preferences-section.tsx';
import { ResourcesSection } from '../sections/resources-section.tsx';
import { useJobForm } from './job-form-context.ts';
import { JobFormProvider } from './job-form-provider.tsx';
import { QuoteCard } from './quote-card.tsx';
import { RunOutput } from './run-output.tsx';
import { SubmitCard } from './submit-card.tsx';
import { useRunForm } from './use-run-form.ts';
import '../work.css';

interface JobFormProps {
  account: Account;
  start: JobStart;
  /** What the form began with, in words. */
  origin?: ReactNode;
}

/** The five sections of a job, its price, and the ways to run it. */
export function JobForm({ account, start, origin }: JobFormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [running, setRunning] = useState<string | null>(null);
  const { form, live, submit, restored, startOver, forget } = useRunForm({
    name: 'job',
    account,
    start,
    onPosted(job, how) {
      if (how === 'sync') setRunning(job.jobId);
      else {
        forget();
        void navigate({ to: '/jobs/$jobId', params: { jobId: job.jobId } });
      }
    },
  });
  return (
    <JobFormProvider value={form}>
      <form noValidate aria-label={t('newJob.title')} onSubmit={(event) => event.preventDefault()}>
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 8 }}>
            <Stack gap="lg">
              {origin}
              {restored && <Restored onStartOver={startOver} />}
              <ModeSwitch />
              <BasicSection />
              <ExecutionSection onRun={() => submit.submit('sync')} />
              <EnvironmentSection />
              <ResourcesSection />
              <PreferencesSection />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <Stack gap="lg" className="sticky">
              <QuoteCard live={live} />
              <SubmitCard
                submission={submit.submission}
                pending={submit.pending}
                onSubmit={submit.submit}
              />
              <SaveButtons />
            </Stack>
          </Grid.Col>
          {running !== null && (
            <Grid.Col span={12} id="run-output">
              <RunOutput jobId={running} key={running} />
            </Grid.Col>
          )}
          <Grid.Col span={12}>
            <AsCodeCard />
          </Grid.Col>
        </Grid>
      </form>
    </JobFormProvider>
  );
}

function ModeSwitch() {
  const { t } = useTranslation();
  const { mode, setMode, draft } = useJobForm();
  const set = countAdvanced(draft);
  return (
    <Group gap="sm">
      <SegmentedControl
        aria-label={t('mode.label')}
        value={mode}
        onChange={setMode}
        data={[
          { value: 'simple', label: t('mode.simple') },
          { value: 'advanced', label: t('mode.advanced') },
        ]}
      />
      {mode === 'simple' && set > 0 && (
        <Text size="sm" c="dimmed">
          {t('mode.hidden', { count: set })}
        </Text>
      )}
    </Group>
  );
}

function Restored({ onStartOver }: { onStartOver: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert variant="light" color="gray" className="work-restored">
      <Group justify="space-between" gap="xs">
        <Text size="sm">{t('draft.restored')}</Text>
        <Button size="compact-sm" variant="default" onClick={onStartOver}>
          {t('draft.startOver')}
        </Button>
      </Group>
    </Alert>
  );
}
