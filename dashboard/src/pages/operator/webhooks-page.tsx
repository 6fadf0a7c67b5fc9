import { Button, Card, Text } from '@mantine/core';
import {
  type AdminDelivery,
  listAdminDeliveries,
  replayAdminDelivery,
} from '@node3/shared/routes/admin-webhooks';
import { IconCheck, IconClock, IconWebhook, IconX } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { usePollMs } from '../../live/use-stream.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import type { Look } from '../../parts/state-look.ts';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { OperatorPage } from './shared/operator-page.tsx';
import { useOperate } from './shared/use-operate.ts';

const route = getRouteApi('/admin/webhooks');
const pageSize = 25;
const looks: Record<AdminDelivery['state'], Look> = {
  pending: { color: 'gray', icon: IconClock },
  delivered: { color: 'green', icon: IconCheck },
  failed: { color: 'red', icon: IconX },
};

/** What was sent to the webhooks of everybody; those that were given up first. */
export function AdminWebhooksPage() {
  const { t } = useTranslation();
  const path = listAdminDeliveries.url;
  return (
    <OperatorPage
      title={t('op.webhooks.title')}
      subtitle={t('op.webhooks.subtitle')}
      lines={[
        { label: 'CLI', text: `node3 api GET ${path}` },
        { label: 'curl', text: curlLine({ url: `${location.origin}${path}` }) },
      ]}
    >
      {() => <Deliveries />}
    </OperatorPage>
  );
}

function Deliveries() {
  const { t } = useTranslation();
  const { state, cursor } = route.useSearch();
  const query = useQuery({
    ...operatorQuery(useApp(), listAdminDeliveries, {
      query: {
        state: state ?? 'failed',
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      },
    }),
    refetchInterval: usePollMs(),
    placeholderData: keepPreviousData,
  });
  const columns = useDeliveryColumns();
  return (
    <Card withBorder padding={0}>
      <QueryView query={query} lines={6}>
        {(page) => (
          <>
            <DataTable
              label={t('op.webhooks.title')}
              columns={columns}
              rows={page.data}
              rowId={({ deliveryId }) => deliveryId}
              tools={
                <FilterChips
                  label={t('op.webhooks.filter')}
                  parameter="state"
                  value={state}
                  choices={[
                    { value: undefined, label: t('op.webhooks.failed') },
                    { value: 'all', label: t('op.filter.all') },
                  ]}
                />
              }
              empty={
                <EmptyState
                  icon={IconWebhook}
                  title={t(state === 'all' ? 'op.webhooks.none' : 'op.webhooks.noneFailed')}
                />
              }
            />
            <KeysetPaging cursor={cursor} nextCursor={page.nextCursor} />
          </>
        )}
      </QueryView>
    </Card>
  );
}

function useDeliveryColumns(): DataColumn<AdminDelivery>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { operate, isBusy } = useOperate();
  return useMemo(
    () => [
      {
        id: 'type',
        title: t('op.webhooks.event'),
        cell: ({ type, url }) => (
          <div>
            {type}
            <Text size="xs" c="dimmed" className="break">
              {url}
            </Text>
          </div>
        ),
      },
      {
        id: 'state',
        title: t('op.payouts.state'),
        cell: ({ state }) => (
          <LookBadge look={looks[state]} label={t(`op.webhooks.state.${state}`)} />
        ),
      },
      {
        id: 'account',
        title: t('op.queue.account'),
        cell: ({ accountId }) => <span className="mono">{accountId.slice(-8)}</span>,
      },
      {
        id: 'attempts',
        title: t('op.webhooks.attempts'),
        align: 'right',
        value: ({ attempts }) => attempts,
        cell: ({ attempts }) => format.number(attempts),
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
        cell: ({ deliveryId }) => (
          <Button
            size="compact-xs"
            variant="default"
            disabled={isBusy}
            onClick={() =>
              operate(async (client) => {
                await client.call(replayAdminDelivery, { params: { deliveryId } });
                return t('op.webhooks.replayed');
              })
            }
          >
            {t('op.webhooks.replay')}
          </Button>
        ),
      },
    ],
    [t, format, operate, isBusy],
  );
}
