import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { isTerminalJob } from '@node3/shared/job-state';
import { cancelJob, type JobDetail } from '@node3/shared/routes/jobs';
import { IconBan } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useShortcut } from '../../keyboard/keyboard.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { jobKey } from '../../queries/jobs.ts';

/** Cancels after a question. The answer of the marketplace is shown at once, without a new read. */
export function CancelButton({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const notify = useNotice();
  const [opened, { open, close }] = useDisclosure(false);
  const { jobId } = job;
  const cancel = useMutation({
    mutationFn: () => client.call(cancelJob, { params: { jobId } }),
    onSuccess(answer) {
      queryClient.setQueryData(jobKey(jobId), answer);
      notify({ kind: 'done', message: t('cancel.done') });
    },
    onError(error) {
      notify({ kind: 'failed', title: t('cancel.failed'), error });
    },
  });
  const requested = job.events.some((event) => event.type === 'job.cancel-requested');
  const isOver = isTerminalJob(job.state);
  const underWay = cancel.isPending || cancel.isSuccess || requested;
  useShortcut('cancel', isOver || underWay ? null : open);
  if (isOver) return null;
  return (
    <>
      <Button
        variant="default"
        onClick={open}
        disabled={underWay}
        leftSection={<IconBan size={16} aria-hidden />}
      >
        {underWay ? t('cancel.underWay') : t('cancel.button')}
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={close}
        onConfirm={() => cancel.mutate()}
        title={t('cancel.title')}
        text={job.startedAt === null ? t('cancel.textBeforeStart') : t('cancel.textRunning')}
        confirm={t('cancel.confirm')}
        color="red"
      />
    </>
  );
}
