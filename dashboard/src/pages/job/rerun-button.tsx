import { Button, Group, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { systemIds } from '@node3/shared/ids';
import { isTerminalJob } from '@node3/shared/job-state';
import { rerunJob } from '@node3/shared/routes/job-bulk';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { IconChevronDown, IconPencil, IconReload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { IdempotencyKeys } from '../../idempotency-keys.ts';
import { useShortcut } from '../../keyboard/keyboard.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { ownJobsKey } from '../../queries/jobs.ts';

/** Posts an ended job once more, as it was or with changes; one under way only with changes. */
export function RerunButton({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const { rerun, isPending } = useRerun(job.jobId);
  const isOver = isTerminalJob(job.state);
  useShortcut('rerun', isOver ? open : null);
  const edits = (
    <Menu.Item
      leftSection={<IconPencil size={15} aria-hidden />}
      renderRoot={(props) => <Link to="/jobs/new" search={{ from: job.jobId }} {...props} />}
    >
      {t('rerun.withEdits')}
    </Menu.Item>
  );
  return (
    <Group gap={0} wrap="nowrap">
      <Button
        variant="default"
        className={isOver ? 'split-first' : ''}
        disabled={!isOver}
        loading={isPending}
        onClick={open}
        leftSection={<IconReload size={16} aria-hidden />}
      >
        {t('rerun.button')}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={8} className="split-last" aria-label={t('rerun.more')}>
            <IconChevronDown size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>{edits}</Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={opened}
        onClose={close}
        onConfirm={() => rerun({})}
        title={t('rerun.title')}
        text={t('rerun.text')}
        confirm={t('rerun.confirm')}
        color="indigo"
      />
    </Group>
  );
}

/** Posts the job again with a merge patch of its spec, and leads to the new one. */
export function useRerun(jobId: string) {
  const { t } = useTranslation();
  const { client } = useApp();
  const navigate = useNavigate();
  const notify = useNotice();
  const queryClient = useQueryClient();
  const [keys] = useState(() => new IdempotencyKeys(() => systemIds.secret(18)));
  const mutation = useMutation({
    mutationFn: (changes: unknown) => {
      // Asked again after a lost answer, it posts no second job.
      const idempotencyKey = keys.keyFor({ jobId, changes });
      return client.call(rerunJob, { params: { jobId }, body: { changes } }, { idempotencyKey });
    },
    onSuccess(posted) {
      keys.forget();
      void queryClient.invalidateQueries({ queryKey: ownJobsKey });
      notify({ kind: 'done', message: t('rerun.done') });
      void navigate({ to: '/jobs/$jobId', params: { jobId: posted.jobId } });
    },
    onError(error) {
      notify({ kind: 'failed', title: t('rerun.failed'), error });
    },
  });
  return { rerun: mutation.mutate, isPending: mutation.isPending };
}
