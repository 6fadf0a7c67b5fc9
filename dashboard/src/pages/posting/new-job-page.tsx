import { Alert, Group, Text } from '@mantine/core';
import { isTerminalJob } from '@node3/shared/job-state';
import type { Account } from '@node3/shared/routes/accounts';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { PageHeading } from '../../parts/page-heading.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { jobQuery } from '../../queries/jobs.ts';
import { snippetQuery } from '../../queries/posting.ts';
import { askedSpec, newStart } from './draft/job-start.ts';
import { snippetSpec } from './draft/snippet-spec.ts';
import { JobForm } from './job-form/job-form.tsx';
import { OfferStart } from './offer-start.tsx';
import { TemplateStart } from './templates/template-start.tsx';

const route = getRouteApi('/jobs/new');

export function NewJobPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading
        title={t('newJob.title')}
        subtitle={t('newJob.subtitle')}
        actions={
          <Group gap="md">
            <PageLink to="/templates">{t('templates.title')}</PageLink>
            <PageLink to="/jobs/import">{t('import.link')}</PageLink>
          </Group>
        }
      />
      <RequireSession>{(account) => <StartedForm account={account} />}</RequireSession>
    </>
  );
}

/** The form, filled with what the address names. */
function StartedForm({ account }: { account: Account }) {
  const { agent, from, gpu = null, template, snippet } = route.useSearch();
  if (from !== undefined) return <RerunStart account={account} jobId={from} key={from} />;
  if (template !== undefined) {
    return <TemplateStart account={account} templateId={template} key={template} />;
  }
  if (snippet !== undefined) {
    return <SnippetStart account={account} snippetId={snippet} key={snippet} />;
  }
  if (agent !== undefined) {
    return <OfferStart account={account} agentId={agent} gpu={gpu} key={`${agent} ${gpu ?? ''}`} />;
  }
  return <JobForm account={account} start={newStart} />;
}

/** A job that is over is run again with changes; of one that isn't, the spec is posted anew. */
function RerunStart({ account, jobId }: { account: Account; jobId: string }) {
  const { t } = useTranslation();
  const query = useQuery({ ...jobQuery(useApp(), jobId), staleTime: Number.POSITIVE_INFINITY });
  return (
    <QueryView query={query} lines={8}>
      {(job) => {
        if (!isTerminalJob(job.state)) {
          return (
            <Alert color="yellow" variant="light" title={t('start.notOver')}>
              <PageLink to="/jobs/$jobId" params={{ jobId }}>
                {t('output.page')}
              </PageLink>
            </Alert>
          );
        }
        return (
          <JobForm
            account={account}
            start={{ kind: 'rerun', jobId, spec: askedSpec(job.spec) }}
            origin={
              <Origin text={t('start.rerun')}>
                <PageLink to="/jobs/$jobId" params={{ jobId }}>
                  {job.name ?? shorten(jobId, 12, 5)}
                </PageLink>
              </Origin>
            }
          />
        );
      }}
    </QueryView>
  );
}

function SnippetStart({ account, snippetId }: { account: Account; snippetId: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    ...snippetQuery(useApp(), snippetId),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <QueryView query={query} lines={8}>
      {(snippet) => (
        <JobForm
          account={account}
          start={{ kind: 'snippet', snippetId, spec: snippetSpec(snippet) }}
          origin={
            <Origin text={t('start.snippet')}>
              <Text size="sm" fw={600}>
                {snippet.name}
              </Text>
            </Origin>
          }
        />
      )}
    </QueryView>
  );
}

function Origin({ text, children }: { text: string; children: ReactNode }) {
  return (
    <Alert variant="light" color="indigo">
      <Group gap="xs">
        <Text size="sm">{text}</Text>
        {children}
      </Group>
    </Alert>
  );
}
