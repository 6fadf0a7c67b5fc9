import { Button, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { replayWebhook } from '@node3/shared/routes/webhooks';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { ErrorView } from '../../parts/error-view.tsx';
import { useNotice } from '../../parts/use-notice.tsx';

interface ReplayRangeProps {
  webhookId: string;
  isDisabled: boolean;
}

/** Sends the events of a range of the log once more, page after page. */
export function ReplayRange({ webhookId, isDisabled }: ReplayRangeProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const notify = useNotice();
  const queryClient = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [from, setFrom] = useState(1);
  const [through, setThrough] = useState<number | null>(null);
  const replay = useMutation({
    async mutationFn() {
      let queued = 0;
      for (let after: number | null = Math.max(0, from - 1); after !== null; ) {
        const body: { after: number; through?: number } = {
          after,
          ...(through === null ? {} : { through }),
        };
        const page = await client.call(replayWebhook, { params: { webhookId }, body });
        queued += page.queued;
        after = page.more ? page.nextAfter : null;
      }
      return queued;
    },
    onSuccess(count) {
      setOpened(false);
      notify({ kind: 'done', message: t('webhooks.replayed', { count }) });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['own', 'webhooks'] }),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    replay.mutate();
  }
  return (
    <>
      <Button
        variant="default"
        disabled={isDisabled}
        leftSection={<IconRefresh size={16} aria-hidden />}
        onClick={() => setOpened(true)}
      >
        {t('webhooks.replayRange')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t('webhooks.replayRange')}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <form onSubmit={submit}>
          <Stack gap="md">
            <Text size="sm">{t('webhooks.replayText')}</Text>
            <NumberInput
              label={t('webhooks.replayFrom')}
              value={from}
              min={1}
              allowDecimal={false}
              onChange={(value) => setFrom(Number(value) || 1)}
            />
            <NumberInput
              label={t('webhooks.replayThrough')}
              placeholder={t('webhooks.replayNow')}
              value={through ?? ''}
              min={1}
              allowDecimal={false}
              onChange={(value) => setThrough(value === '' ? null : Number(value))}
            />
            {replay.error !== null && <ErrorView error={replay.error} />}
            <Group justify="flex-end">
              <Button type="submit" loading={replay.isPending}>
                {t('webhooks.replay')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
