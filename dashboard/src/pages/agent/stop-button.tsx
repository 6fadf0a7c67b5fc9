import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { stopLocalExecution } from '@node3/shared/routes/agent-work';
import { IconPlayerStop } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { useNotice } from '../../parts/use-notice.tsx';

interface StopButtonProps {
  executionId: string;
  name: string;
}

/** Stops one job of this machine, after saying what that costs whom. */
export function StopButton({ executionId, name }: StopButtonProps) {
  const { t } = useTranslation();
  const notify = useNotice();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const [asked, { open, close }] = useDisclosure(false);
  const stop = useMutation({
    mutationFn: () => client.call(stopLocalExecution, { params: { executionId }, body: {} }),
    async onSuccess({ stopping }) {
      notify({ kind: 'done', message: t(stopping ? 'stop.done' : 'stop.late') });
      await queryClient.invalidateQueries({ queryKey: ['local'] });
    },
    onError: (error) => notify({ kind: 'failed', error }),
  });
  return (
    <>
      <Button
        variant="default"
        size="xs"
        loading={stop.isPending}
        leftSection={<IconPlayerStop size={15} aria-hidden />}
        onClick={open}
      >
        {t('stop.button')}
      </Button>
      <ConfirmDialog
        opened={asked}
        onClose={close}
        onConfirm={() => stop.mutate()}
        title={t('stop.title', { name })}
        text={t('stop.text')}
        confirm={t('stop.confirm')}
        color="red"
      />
    </>
  );
}
