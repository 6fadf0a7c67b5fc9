import { Text } from '@mantine/core';
import { type LedgerEntry, ledgerColumns } from '@node3/shared/routes/ledger';
import type { PayoutDetail } from '@node3/shared/routes/payouts';
import { IconBook2 } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/use-format.ts';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { TransferKind } from '../../../parts/transfer-kind.tsx';

/** What the books say of it. */
export function PayoutLedger({ payout }: { payout: PayoutDetail }) {
  const { t } = useTranslation();
  const columns = useEntryColumns();
  return (
    <SectionCard
      title={t('op.ledger.title')}
      description={t('op.payout.ledgerHint')}
      padding="flush"
    >
      <DataTable
        label={t('op.ledger.title')}
        columns={columns}
        rows={payout.ledger}
        rowId={({ transferId }) => transferId}
        csv={{ name: payout.payoutId, columns: ledgerColumns }}
        empty={<EmptyState icon={IconBook2} title={t('op.payout.noLedger')} />}
      />
    </SectionCard>
  );
}

function useEntryColumns(): DataColumn<LedgerEntry>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'entry',
        title: t('op.payout.entry'),
        cell: ({ entry, kind }) => (
          <div>
            <TransferKind kind={kind} />
            <Text size="xs" c="dimmed">
              {t('op.payout.entryNumber', { number: format.number(entry) })}
            </Text>
          </div>
        ),
      },
      {
        id: 'accounts',
        title: t('op.payout.accounts'),
        cell: ({ debit, credit }) => (
          <Text size="xs" component="div" className="mono break">
            <div>{debit}</div>
            <div>→ {credit}</div>
          </Text>
        ),
      },
      {
        id: 'amount',
        title: t('op.payouts.amount'),
        align: 'right',
        cell: ({ amount, asset }) => format.money({ amount, asset }),
      },
      {
        id: 'at',
        title: t('op.payout.booked'),
        align: 'right',
        cell: ({ at }) => <RelativeTime at={at} />,
      },
    ],
    [t, format],
  );
}
