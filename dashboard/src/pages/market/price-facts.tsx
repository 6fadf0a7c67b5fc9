import { SimpleGrid, Text } from '@mantine/core';
import type { ReplyOf } from '@node3/shared/contract';
import type { getPriceHistory } from '@node3/shared/routes/prices';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';

/** What the chart can't show: what is asked now, what was paid on the last day, and what others ask. */
export function PriceFacts({ history }: { history: ReplyOf<typeof getPriceHistory> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { days, from, now, reference, to } = history;
  const last = days.at(-1) ?? null;
  const jobs = days.reduce((sum, day) => sum + day.jobs, 0);
  const range = (low: string, high: string) => t('prices.range', { low, high });
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 3 }} component="dl" className="key-facts">
        <div>
          <dt>{t('prices.askedNow')}</dt>
          <dd>
            {now.asks === null ? t('prices.noAsks') : format.money(now.asks.median)}
            <Text size="xs" c="dimmed" fw={400}>
              {now.asks !== null && range(format.money(now.asks.low), format.money(now.asks.high))}{' '}
              {t('prices.gpus', { count: now.gpus })}
              {now.gpusAnyPrice > 0 && `, ${t('prices.anyPrice', { count: now.gpusAnyPrice })}`}
            </Text>
          </dd>
        </div>
        <div>
          <dt>{last === null ? t('prices.paidNever') : t('prices.paidOn', { day: last.day })}</dt>
          <dd>
            {format.money(last?.price.median ?? null)}
            <Text size="xs" c="dimmed" fw={400}>
              {t('prices.jobs', { count: jobs, from: from ?? to, to })}
            </Text>
          </dd>
        </div>
        <div>
          <dt>{t('prices.elsewhere')}</dt>
          <dd>
            {reference === null ? t('state.unknown') : `${format.precise(reference.median)} USD`}
            <Text size="xs" c="dimmed" fw={400}>
              {reference !== null &&
                `${range(`${format.precise(reference.low)} USD`, `${format.precise(reference.high)} USD`)} ${t('prices.reference', { count: reference.offers })}`}
            </Text>
          </dd>
        </div>
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {t('prices.method')}
      </Text>
    </>
  );
}
