import { Group, Text } from '@mantine/core';
import type { PayoutAttempt, PayoutDetail } from '@node3/shared/routes/payouts';
import { IconSend } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../../format.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { ExplorerLink } from '../../../parts/explorer-link.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';

/** Others that are linked from here; the rest are counted. */
const othersShown = 8;

/** The transaction that pays it, with all others it pays, and every attempt at it. */
export function PayoutBatch({ payout }: { payout: PayoutDetail }) {
  const { t } = useTranslation();
  const { batch, payoutId } = payout;
  const columns = useAttemptColumns();
  const others = batch?.payoutIds.filter((id) => id !== payoutId) ?? [];
  return (
    <SectionCard
      title={t('op.payout.batch')}
      description={t('op.payout.batchHint')}
      padding="flush"
    >
      {batch === null ? (
        <EmptyState icon={IconSend} title={t('op.payout.noBatch')} />
      ) : (
        <>
          <dl className="facts facts-inset">
            <dt>{t('op.payouts.state')}</dt>
            <dd>{t(`op.batch.state.${batch.state}`)}</dd>
            <dt>{t('op.payout.receipt')}</dt>
            <dd>
              <ExplorerLink kind="address" value={batch.receiptAddress} />
            </dd>
            <dt>{t('op.payout.together')}</dt>
            <dd>
              {others.length === 0 ? (
                t('op.payout.alone')
              ) : (
                <Group gap="xs" component="span">
                  {others.slice(0, othersShown).map((id) => (
                    <PageLink
                      key={id}
                      to="/admin/payments/$payoutId"
                      params={{ payoutId: id }}
                      className="mono"
                      title={id}
                    >
                      {shorten(id, 8, 5)}
                    </PageLink>
                  ))}
                  {others.length > othersShown && (
                    <Text span size="sm">
                      {t('op.payout.more', { count: others.length - othersShown })}
                    </Text>
                  )}
                </Group>
              )}
            </dd>
          </dl>
          <DataTable
            label={t('op.payout.attempts')}
            columns={columns}
            rows={batch.attempts}
            rowId={({ signature }) => signature}
            empty={<EmptyState icon={IconSend} title={t('op.payout.noAttempt')} />}
          />
        </>
      )}
    </SectionCard>
  );
}

function useAttemptColumns(): DataColumn<PayoutAttempt>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'number',
        title: t('op.payout.attempt'),
        cell: ({ number, kind }) => `${format.number(number)} · ${t(`op.attempt.kind.${kind}`)}`,
      },
      {
        id: 'signature',
        title: t('op.payouts.signature'),
        cell: ({ signature, explorerUrl }) => (
          <ExplorerLink kind="transaction" value={signature} url={explorerUrl} />
        ),
      },
      {
        id: 'outcome',
        title: t('op.payout.outcome'),
        cell: ({ outcome }) => t(`op.attempt.outcome.${outcome ?? 'unknown'}`),
      },
      {
        id: 'at',
        title: t('op.payout.signed'),
        align: 'right',
        cell: ({ at }) => <RelativeTime at={at} />,
      },
    ],
    [t, format],
  );
}
