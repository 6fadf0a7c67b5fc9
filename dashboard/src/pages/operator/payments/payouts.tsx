import { Text } from '@mantine/core';
import { type AdminPayout, listPayouts } from '@node3/shared/routes/admin';
import { payoutStates } from '@node3/shared/settlement-state';
import { IconCoins } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { shorten, unknownMark } from '../../../format.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import { usePollMs } from '../../../live/use-stream.ts';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import type { TableCsv } from '../../../parts/data-table/save-csv.tsx';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { ExplorerLink } from '../../../parts/explorer-link.tsx';
import { FilterChips } from '../../../parts/filter-chips.tsx';
import { KeysetPaging } from '../../../parts/keyset-paging.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { PayoutStateBadge } from '../../../parts/state-badge.tsx';
import { operatorQuery } from '../../../queries/operator.ts';
import { PayoutActions } from './payout-actions.tsx';
import { PayoutWhy } from './payout-why.tsx';
import { SettleButton } from './settle-button.tsx';

const route = getRouteApi('/admin/payments');
const pageSize = 25;

export function Payouts() {
  const { t } = useTranslation();
  const { state, cursor } = route.useSearch();
  const query = useQuery({
    ...operatorQuery(useApp(), listPayouts, {
      query: {
        limit: pageSize,
        ...(state === undefined ? {} : { state }),
        ...(cursor === undefined ? {} : { cursor }),
      },
    }),
    refetchInterval: usePollMs(),
    placeholderData: keepPreviousData,
  });
  const columns = usePayoutColumns();
  const choices = [
    { value: undefined, label: t('op.filter.all') },
    ...payoutStates.map((value) => ({ value, label: t(`payout.state.${value}`) })),
  ];
  return (
    <SectionCard title={t('op.payouts.title')} padding="flush" aside={<SettleButton />}>
      <QueryView query={query} lines={6}>
        {(page) => (
          <>
            <DataTable
              label={t('op.payouts.title')}
              columns={columns}
              rows={page.data}
              rowId={({ payoutId }) => payoutId}
              csv={payoutCsv}
              tools={
                <FilterChips
                  label={t('op.payouts.filter')}
                  parameter="state"
                  value={state}
                  choices={choices}
                />
              }
              empty={<EmptyState icon={IconCoins} title={t('op.payouts.none')} />}
            />
            <KeysetPaging cursor={cursor} nextCursor={page.nextCursor} />
          </>
        )}
      </QueryView>
    </SectionCard>
  );
}

function usePayoutColumns(): DataColumn<AdminPayout>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'payout',
        title: t('op.payouts.payout'),
        cell: (payout) => (
          <div>
            <Link
              to="/admin/payments/$payoutId"
              params={{ payoutId: payout.payoutId }}
              className="row-link"
            >
              {t(`op.payouts.kind.${payout.kind}`)}
            </Link>
            <Text size="xs" c="dimmed" className="mono">
              {shorten(payout.payoutId, 8, 5)}
            </Text>
          </div>
        ),
      },
      {
        id: 'state',
        title: t('op.payouts.state'),
        value: ({ state }) => state,
        cell: (payout) => <PayoutState payout={payout} />,
      },
      {
        id: 'wallet',
        title: t('op.agent.wallet'),
        cell: ({ wallet }) => <ExplorerLink kind="address" value={wallet} />,
      },
      {
        id: 'money',
        title: t('op.payouts.amount'),
        align: 'right',
        cell: ({ money }) => format.money(money),
      },
      {
        id: 'signature',
        title: t('op.payouts.signature'),
        cell: ({ signature, explorerUrl }) =>
          signature === null ? (
            unknownMark
          ) : (
            <ExplorerLink kind="transaction" value={signature} url={explorerUrl} />
          ),
      },
      {
        id: 'created',
        title: t('op.payouts.created'),
        align: 'right',
        value: ({ createdAt }) => createdAt,
        cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
      },
      {
        id: 'actions',
        title: t('op.actions'),
        cell: (payout) => <PayoutActions payout={payout} />,
      },
    ],
    [t, format],
  );
}

function PayoutState({ payout }: { payout: AdminPayout }) {
  return (
    <div>
      <PayoutStateBadge state={payout.state} />
      <PayoutWhy payout={payout} />
    </div>
  );
}

const payoutCsv: TableCsv<AdminPayout> = {
  name: 'payouts',
  columns: [
    { title: 'payoutId', value: ({ payoutId }) => payoutId },
    { title: 'kind', value: ({ kind }) => kind },
    { title: 'state', value: ({ state }) => state },
    { title: 'jobId', value: ({ jobId }) => jobId },
    { title: 'agentId', value: ({ agentId }) => agentId },
    { title: 'wallet', value: ({ wallet }) => wallet },
    { title: 'amount', value: ({ money }) => money.amount },
    { title: 'asset', value: ({ money }) => money.asset },
    { title: 'signature', value: ({ signature }) => signature },
    { title: 'holdReason', value: ({ holdReason }) => holdReason },
    { title: 'createdAt', value: ({ createdAt }) => createdAt },
    { title: 'finalizedAt', value: ({ finalizedAt }) => finalizedAt },
  ],
};
