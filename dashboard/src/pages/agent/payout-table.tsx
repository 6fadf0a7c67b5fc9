import { Anchor, Text } from '@mantine/core';
import type { AgentEarnings } from '@node3/shared/routes/agents';
import { IconCoins } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { shorten, unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { PayoutReasonText } from '../../parts/server-words.tsx';
import { PayoutStateBadge } from '../../parts/state-badge.tsx';

type Payout = AgentEarnings['payouts'][number];

/** Payouts with their transactions; a signature leads to the explorer where there is one. */
export function PayoutTable({ payouts }: { payouts: readonly Payout[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo(() => columnsOf(t, format), [t, format]);
  return (
    <DataTable
      label={t('payouts.title')}
      columns={columns}
      rows={payouts}
      rowId={({ payoutId }) => payoutId}
      empty={
        <EmptyState icon={IconCoins} title={t('payouts.empty')}>
          {t('payouts.emptyText')}
        </EmptyState>
      }
      csv={{
        name: 'payouts',
        columns: [
          { title: 'payout_id', value: ({ payoutId }) => payoutId },
          { title: 'job_id', value: ({ jobId }) => jobId },
          { title: 'state', value: ({ state }) => state },
          { title: 'amount', value: ({ money }) => money.amount },
          { title: 'asset', value: ({ money }) => money.asset },
          { title: 'signature', value: ({ signature }) => signature },
          { title: 'created_at', value: ({ createdAt }) => createdAt },
          { title: 'finalized_at', value: ({ finalizedAt }) => finalizedAt },
        ],
      }}
    />
  );
}

type Format = ReturnType<typeof useFormat>;

function columnsOf(t: TFunction, format: Format): DataColumn<Payout>[] {
  return [
    {
      id: 'state',
      title: t('jobs.column.state'),
      cell: (payout) => (
        <>
          <PayoutStateBadge state={payout.state} />
          {payout.waitReason !== null && (
            <Text size="xs" c="dimmed">
              <PayoutReasonText reason={payout.waitReason} />
            </Text>
          )}
        </>
      ),
    },
    { id: 'money', title: t('payouts.money'), cell: ({ money }) => format.money(money) },
    {
      id: 'job',
      title: t('jobs.column.job'),
      cell: ({ jobId }) => <span className="mono">{shorten(jobId, 8, 5)}</span>,
    },
    {
      id: 'signature',
      title: t('payouts.signature'),
      cell: (payout) => <Signature {...payout} />,
    },
    {
      id: 'at',
      title: t('payouts.created'),
      align: 'right',
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
  ];
}

export function Signature({ explorerUrl, signature }: Pick<Payout, 'explorerUrl' | 'signature'>) {
  if (signature === null) return <>{unknownMark}</>;
  const text = shorten(signature, 6, 4);
  if (explorerUrl === null || !/^https?:\/\//.test(explorerUrl)) {
    return <span className="mono">{text}</span>;
  }
  return (
    <Anchor href={explorerUrl} target="_blank" rel="noopener noreferrer" className="mono">
      {text}
    </Anchor>
  );
}
