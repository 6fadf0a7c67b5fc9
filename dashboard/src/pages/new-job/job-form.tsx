import { Grid, Stack } from '@mantine/core';
import { MarketError } from '@node3/shared/error';
import { systemIds } from '@node3/shared/ids';
import type { Account } from '@node3/shared/routes/accounts';
import { createJob } from '@node3/shared/routes/jobs';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { jobKey } from '../../queries/jobs.ts';
import { curlLine } from '../../shell-command.ts';
import { DraftFields } from './draft-fields.tsx';
import {
  checkDraft,
  type DraftField,
  draftToSpec,
  emptyDraft,
  fieldOfPointer,
  IdempotencyKeys,
  type JobDraft,
} from './job-draft.ts';
import { PriceSummary } from './price-summary.tsx';
import { SubmitProblem } from './submit-problem.tsx';

export function JobForm({ account }: { account: Account }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(emptyDraft);
  const [submitted, setSubmitted] = useState(false);
  const [keys] = useState(() => new IdempotencyKeys(() => systemIds.secret(18)));
  const problems = checkDraft(draft);
  const valid = Object.keys(problems).length === 0;
  const post = useMutation({
    mutationFn: (wanted: JobDraft) => {
      const body = draftToSpec(wanted);
      return client.call(createJob, { body }, { idempotencyKey: keys.keyFor(body) });
    },
    async onSuccess(job) {
      keys.forget();
      queryClient.setQueryData(jobKey(job.jobId), job);
      void queryClient.invalidateQueries({ queryKey: ['own', 'account'] });
      await navigate({ to: '/jobs/$jobId', params: { jobId: job.jobId } });
    },
  });
  function change(part: Partial<JobDraft>) {
    setDraft((before) => ({ ...before, ...part }));
    post.reset();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    setSubmitted(true);
    if (valid && !post.isPending) post.mutate(draft);
  }
  const errors = new Map<DraftField, string>(serverErrors(post.error));
  if (submitted) {
    for (const [field, problem] of Object.entries(problems)) {
      errors.set(field as DraftField, t(`newJob.problem.${problem}`));
    }
  }
  return (
    <form onSubmit={submit} noValidate aria-label={t('newJob.title')}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="lg">
            {post.error !== null && <SubmitProblem error={post.error} />}
            <DraftFields draft={draft} errors={errors} onChange={change} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <PriceSummary account={account} draft={draft} pending={post.isPending} />
        </Grid.Col>
        <Grid.Col span={12}>{valid && <DraftCommands draft={draft} />}</Grid.Col>
      </Grid>
    </form>
  );
}

/** The problems the marketplace found, at the fields they are about. */
function serverErrors(error: Error | null): [DraftField, string][] {
  if (!(error instanceof MarketError)) return [];
  if (error.code === 'AMOUNT_INVALID') return [['reward', error.message]];
  return (error.context.errors ?? []).flatMap((problem) => {
    const field = fieldOfPointer(problem.pointer);
    return field === null ? [] : [[field, problem.detail] as [DraftField, string]];
  });
}

function DraftCommands({ draft }: { draft: JobDraft }) {
  const url = location.origin + createJob.url;
  const text = curlLine({ method: 'POST', url, body: draftToSpec(draft) });
  return <CommandLines lines={[{ label: 'curl', text }]} />;
}
