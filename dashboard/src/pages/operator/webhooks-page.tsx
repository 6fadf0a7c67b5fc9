import { Button, Text } from '@mantine/core';
import {
  type AdminDelivery,
  listAdminDeliveries,
  replayAdminDelivery,
} from '@node3/shared/routes/admin-webhooks';
import { IconWebhook } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { usePollMs } from '../../live/use-stream.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { KeysetTable } from '../../parts/keyset-table.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { OperatorPage } from './shared/operator-page.tsx';
import { useOperate } from './shared/use-operate.ts';
import { pageOf, UsualOrAll } from './shared/usual-or-all.tsx';
import { AdminDeliveryDialog } from './webhooks/admin-delivery-dialog.tsx';
import { DeliveryStateBadge } from './webhooks/delivery-state-badge.tsx';

const route = getRouteApi('/admin/webhooks');

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
  const { state, cursor, delivery } = route.useSearch();
  const query = useQuery({
    ...operatorQuery(useApp(), listAdminDeliveries, {
      query: { state: state ?? 'failed', ...pageOf(cursor) },
    }),
    refetchInterval: usePollMs(),
    placeholderData: keepPreviousData,
  });
  const columns = useDeliveryColumns();
  return (
    <>
      <KeysetTable
        query={query}
        cursor={cursor}
        label={t('op.webhooks.title')}
        columns={columns}
        rowId={({ deliveryId }) => deliveryId}
        tools={
          <UsualOrAll
            label={t('op.webhooks.filter')}
            value={state}
            usual={t('op.webhooks.failed')}
          />
        }
        empty={
          <EmptyState
            icon={IconWebhook}
            title={t(state === 'all' ? 'op.webhooks.none' : 'op.webhooks.noneFailed')}
          />
        }
      />
      {delivery !== undefined && <AdminDeliveryDialog deliveryId={delivery} />}
    </>
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
        cell: ({ deliveryId, type, eventSeq, url }) => (
          <div>
            <Link
              from="/admin/webhooks"
              to="/admin/webhooks"
              search={(previous) => ({ ...previous, delivery: deliveryId })}
              className="row-link"
            >
              {type} #{eventSeq}
            </Link>
            <Text size="xs" c="dimmed" className="break">
              {url}
            </Text>
          </div>
        ),
      },
      {
        id: 'state',
        title: t('op.payouts.state'),
        cell: ({ state }) => <DeliveryStateBadge state={state} />,
      },
      {
        id: 'account',
        title: t('op.queue.account'),
        cell: ({ accountId }) => (
          <span className="row-action">
            <PageLink
              to="/admin/accounts/$accountId"
              params={{ accountId }}
              className="mono"
              title={accountId}
            >
              {shorten(accountId, 8, 5)}
            </PageLink>
          </span>
        ),
      },
      {
        id: 'attempts',
        title: t('op.webhooks.attempts'),
        align: 'right',
        value: ({ attempts }) => attempts,
        cell: ({ attempts }) => format.number(attempts),
      },
      {
        id: 'next',
        title: t('webhooks.next'),
        align: 'right',
        cell: ({ nextAt }) =>
          nextAt === null ? t('webhooks.noNext') : <RelativeTime at={nextAt} />,
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
            className="row-action"
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
