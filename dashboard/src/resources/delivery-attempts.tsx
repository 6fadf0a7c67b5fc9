import { Table, Text } from '@mantine/core';
import type { AttemptView } from '@node3/shared/routes/webhooks';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';
import { RelativeTime } from '../parts/relative-time.tsx';

/** Each attempt of a delivery and how it was answered, newest first. Its words are those of the account's webhooks. */
export function DeliveryAttempts({ log }: { log: AttemptView[] }) {
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
