import { Grid, Stack } from '@mantine/core';
import { systemIds } from '@node3/shared/ids';
import { type ImportQuery, importJobs } from '@node3/shared/routes/job-import';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { IdempotencyKeys } from '../../../idempotency-keys.ts';
import { PageHeading } from '../../../parts/page-heading.tsx';
import { RequireSession } from '../../../parts/require-session.tsx';
import { emptyImport, type ImportDraft, importQueryOf, readDocument } from './import-draft.ts';
import { ImportForm } from './import-form.tsx';
import { ImportOutcome } from './import-outcome.tsx';
import '../work.css';

/** Jobs of documents that were written for other systems. */
export function ImportPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('import.title')} subtitle={t('import.subtitle')} />
      <RequireSession>{() => <Importer />}</RequireSession>
    </>
  );
}

interface ImportRequest {
  text: string;
  query: ImportQuery;
}

function Importer() {
  const [draft, setDraft] = useState<ImportDraft>(emptyImport);
  const [keys] = useState(() => new IdempotencyKeys(() => systemIds.secret(18)));
  const { client } = useApp();
  const queryClient = useQueryClient();
  const tried = useMutation({
    mutationFn: async ({ text, query }: ImportRequest) => {
      const body = await readDocument(text);
      return client.call(importJobs, { body, query: { ...query, dryRun: true } });
    },
  });
  const posted = useMutation({
    mutationFn: async ({ text, query }: ImportRequest) => {
      const body = await readDocument(text);
      const idempotencyKey = keys.keyFor({ text, query });
      return client.call(importJobs, { body, query }, { idempotencyKey });
    },
    onSuccess() {
      keys.forget();
      void queryClient.invalidateQueries({ queryKey: ['own'] });
    },
  });
  function change(part: Partial<ImportDraft>) {
    setDraft((before) => ({ ...before, ...part }));
    tried.reset();
    posted.reset();
  }
  const request = { text: draft.text, query: importQueryOf(draft) };
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <ImportForm
          draft={draft}
          onChange={change}
          pending={tried.isPending}
          onTry={() => tried.mutate(request)}
        />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Stack gap="lg">
          <ImportOutcome
            tried={tried.data ?? null}
            posted={posted.data ?? null}
            error={posted.error ?? tried.error}
            pending={posted.isPending}
            onPost={() => posted.mutate(request)}
          />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
