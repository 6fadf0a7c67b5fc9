import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { MarketError } from '@node3/shared/error';
import { systemIds } from '@node3/shared/ids';
import { isTerminalJob } from '@node3/shared/job-state';
import type { Alternative } from '@node3/shared/routes/explain';
import { rerunJob } from '@node3/shared/routes/job-bulk';
import { cancelJob } from '@node3/shared/routes/jobs';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { IdempotencyKeys } from '../../idempotency-keys.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { jobKey, ownJobsKey } from '../../queries/jobs.ts';
import { patchFor } from './relaxed-spec.ts';

interface RelaxButtonProps {
  jobId: string;
  alternative: Alternative;
  /** The change in words, such as `= 8` or `left out`. */
  change: string;
}

/** Takes a waiting job back and posts it again with one requirement relaxed. */
export function RelaxButton({ jobId, alternative, change }: RelaxButtonProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const notify = useNotice();
  const [opened, { open, close }] = useDisclosure(false);
  const [keys] = useState(() => new IdempotencyKeys(() => systemIds.secret(18)));
  const changes = patchFor(alternative);
  const relax = useMutation({
    async mutationFn() {
      const params = { jobId };
      const job = await client.call(cancelJob, { params });
      queryClient.setQueryData(jobKey(jobId), job);
      // An agent may have taken it a moment ago: then it is wanted no more, and nothing is posted.
      if (!isTerminalJob(job.state)) {
        throw new MarketError('JOB_STATE_INVALID', { detail: t('relax.taken') });
      }
      // Asked again after a lost answer, it posts no second job.
      const idempotencyKey = keys.keyFor({ jobId, changes });
      return client.call(rerunJob, { params, body: { changes } }, { idempotencyKey });
    },
    onSuccess(posted) {
      keys.forget();
      void queryClient.invalidateQueries({ queryKey: ownJobsKey });
      notify({ kind: 'done', message: t('rerun.done') });
      void navigate({ to: '/jobs/$jobId', params: { jobId: posted.jobId } });
    },
    onError(error) {
      notify({ kind: 'failed', title: t('relax.failed'), error });
    },
  });
  if (changes === null) return null;
  const what = `${alternative.pointer} ${change}`;
  return (
    <>
      <Button size="compact-sm" variant="light" loading={relax.isPending} onClick={open}>
        {t('relax.button')}
        <span className="visually-hidden"> {what}</span>
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={close}
        onConfirm={() => relax.mutate()}
        title={t('relax.title')}
        text={t('relax.text', { change: what })}
        confirm={t('relax.confirm')}
        color="indigo"
      />
    </>
  );
}
