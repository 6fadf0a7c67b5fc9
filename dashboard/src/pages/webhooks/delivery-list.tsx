import { Stack } from '@mantine/core';
import { type DeliveryView, deliveryStates } from '@node3/shared/routes/webhooks';
import { IconSend } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import { payoutLooks } from '../../parts/state-look.ts';
import { deliveriesQuery } from '../../queries/webhooks.ts';
import { curlLine } from '../../shell-command.ts';
import { DeliveryDialog } from './delivery-dialog.tsx';

const route = getRouteApi('/webhooks/$webhookId');

/** What was sent to a webhook in the last 30 days. One of them is opened by the address. */
export function DeliveryList({ webhookId }: { webhookId: string }) {
  const { t } = useTranslation();
  const { state, cursor, delivery } = route.useSearch();
  const query = useQuery({
    ...deliveriesQuery(useApp(), webhookId, { state, cursor }),
    refetchInterval: usePollMs(),
    placeholderData: keepPreviousData,
  });
  const columns = useMemo(() => deliveryColumns(t, webhookId), [t, webhookId]);
  const url = `${location.origin}/api/v1/webhooks/${webhookId}/deliveries`;
  return (
    <Stack gap="sm">
      <SectionCard
        title={t('webhooks.deliveries')}
        description={t('webhooks.deliveriesText')}
        padding="flush"
        aside={
          <FilterChips
            label={t('webhooks.filter')}
            parameter="state"
            value={state}
            choices={[
              { value: undefined, label: t('webhooks.filterAll') },
              ...deliveryStates.map((value) => ({ value, label: t(`webhooks.delivery.${value}`) })),
            ]}
          />
        }
      >
        <QueryView query={query} lines={4}>
          {({ data, nextCursor }) => (
            <>
              <DataTable
                label={t('webhooks.deliveries')}
                columns={columns}
                rows={data}
                rowId={(row) => row.deliveryId}
                empty={<EmptyState icon={IconSend} title={t('webhooks.noDeliveries')} />}
              />
              <KeysetPaging cursor={cursor} nextCursor={nextCursor} />
            </>
          )}
        </QueryView>
      </SectionCard>
      {delivery !== undefined && <DeliveryDialog webhookId={webhookId} deliveryId={delivery} />}
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 webhook deliveries ${webhookId}` },
          { label: 'curl', text: curlLine({ url }) },
        ]}
      />
    </Stack>
  );
}

function deliveryColumns(t: TFunction, webhookId: string): DataColumn<DeliveryView>[] {
  return [
    {
      id: 'event',
      title: t('webhooks.event'),
      cell: ({ deliveryId, type, eventSeq }) => (
        <Link
          from="/webhooks/$webhookId"
          to="/webhooks/$webhookId"
          params={{ webhookId }}
          search={(previous) => ({ ...previous, delivery: deliveryId })}
          className="row-link"
        >
          {type} #{eventSeq}
        </Link>
      ),
    },
    {
      id: 'state',
      title: t('webhooks.state'),
      cell: ({ state }) => <DeliveryBadge state={state} />,
    },
    {
      id: 'attempts',
      title: t('webhooks.attempts'),
      cell: ({ attempts }) => attempts,
      align: 'right',
    },
    {
      id: 'next',
      title: t('webhooks.next'),
      cell: ({ nextAt }) => (nextAt === null ? t('webhooks.noNext') : <RelativeTime at={nextAt} />),
    },
    {
      id: 'created',
      title: t('webhooks.created'),
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
      align: 'right',
    },
  ];
}

export function DeliveryBadge({ state }: { state: DeliveryView['state'] }) {
  const { t } = useTranslation();
  const looks = {
    pending: payoutLooks.due,
    delivered: payoutLooks.finalized,
    failed: payoutLooks.held,
  };
  return <LookBadge look={looks[state]} label={t(`webhooks.delivery.${state}`)} />;
}
