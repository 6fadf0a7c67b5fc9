import { Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { type AttemptView, replayDelivery } from '@node3/shared/routes/webhooks';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { usePollMs } from '../../live/use-stream.ts';
import { JsonView } from '../../parts/json-view.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { useNotice } from '../../parts/use-notice.ts';
import { deliveryQuery } from '../../queries/webhooks.ts';
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
    onError: (error) => notify({ kind: 'failed', message: error.message }),
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
            <Attempts log={delivery.log} />
          </Stack>
        )}
      </QueryView>
    </Modal>
  );
}

function Attempts({ log }: { log: AttemptView[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (log.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('webhooks.noAttempt')}
      </Text>
    );
  }
  return (
    <Table className="responsive-table" verticalSpacing="xs">
      <caption className="visually-hidden">{t('webhooks.attempts')}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('webhooks.attempt')}</Table.Th>
          <Table.Th>{t('webhooks.answer')}</Table.Th>
          <Table.Th className="numeric">{t('webhooks.latency')}</Table.Th>
          <Table.Th className="numeric">{t('webhooks.when')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {log.map((attempt) => (
          <Table.Tr key={attempt.number} data-testid="webhook-attempt">
            <Table.Td data-label={t('webhooks.attempt')}>{attempt.number}</Table.Td>
            <Table.Td data-label={t('webhooks.answer')}>
              <Text size="sm" className="break">
                {attempt.status ?? attempt.error ?? t('state.unknown')}
              </Text>
              {attempt.answer !== null && attempt.answer !== '' && (
                <Text size="xs" c="dimmed" className="mono break">
                  {attempt.answer}
                </Text>
              )}
            </Table.Td>
            <Table.Td data-label={t('webhooks.latency')} className="numeric">
              {format.duration(attempt.latencyMs)}
            </Table.Td>
            <Table.Td data-label={t('webhooks.when')} className="numeric">
              <RelativeTime at={attempt.at} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
