import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { replayDelivery } from '@node3/shared/routes/webhooks';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { JsonView } from '../../parts/json-view.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { deliveryQuery } from '../../queries/webhooks.ts';
import { DeliveryAttempts } from '../../resources/delivery-attempts.tsx';
import { DeliveryBadge } from './delivery-list.tsx';

interface DeliveryDialogProps {
  webhookId: string;
  deliveryId: string;
}

/** One delivery: what was sent, each attempt, how it was answered, and once more. */
export function DeliveryDialog({ webhookId, deliveryId }: DeliveryDialogProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const notify = useNotice();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const query = useQuery({
    ...deliveryQuery(useApp(), webhookId, deliveryId),
    refetchInterval: usePollMs(),
  });
  const replay = useMutation({
    mutationFn: () => client.call(replayDelivery, { params: { webhookId, deliveryId } }),
    onSuccess: () => notify({ kind: 'done', message: t('webhooks.replayedOne') }),
    onError: (error) => notify({ kind: 'failed', error }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['own', 'webhooks', webhookId] }),
  });
  const close = () =>
    void navigate({
      to: '/webhooks/$webhookId',
      params: { webhookId },
      search: ({ delivery: _closed, ...rest }: { delivery?: string }) => rest,
    });
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t('webhooks.deliveryTitle')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <QueryView query={query} lines={5}>
        {({ delivery, event }) => (
          <Stack gap="md">
            <Group justify="space-between">
              <Group gap="xs">
                <Text fw={600}>{delivery.type}</Text>
                <DeliveryBadge state={delivery.state} />
              </Group>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconRefresh size={15} aria-hidden />}
                loading={replay.isPending}
                onClick={() => replay.mutate()}
              >
                {t('webhooks.replay')}
              </Button>
            </Group>
            {event === null ? (
              <Text size="sm" c="dimmed">
                {t('webhooks.noPayload')}
              </Text>
            ) : (
              <JsonView
                value={{ type: event.type, timestamp: event.at, data: event }}
                label={t('webhooks.payload')}
              />
            )}
            <DeliveryAttempts log={delivery.log} />
          </Stack>
        )}
      </QueryView>
    </Modal>
  );
}
