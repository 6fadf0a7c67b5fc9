import { Modal, Stack } from '@mantine/core';
import { getAdminDelivery } from '@node3/shared/routes/admin-webhooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { usePollMs } from '../../../live/use-stream.ts';
import { CommandLines } from '../../../parts/command-lines.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { operatorQuery } from '../../../queries/operator.ts';
import { DeliveryAttempts } from '../../../resources/delivery-attempts.tsx';
import { curlLine } from '../../../shell-command.ts';
import { DeliveryStateBadge } from './delivery-state-badge.tsx';

/** One delivery of anybody: where it goes, each attempt that is kept, and when the next one is. */
export function AdminDeliveryDialog({ deliveryId }: { deliveryId: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: '/admin/webhooks' });
  const query = useQuery({
    ...operatorQuery(useApp(), getAdminDelivery, { params: { deliveryId } }),
    refetchInterval: usePollMs(),
  });
  const url = `${location.origin}${getAdminDelivery.url.replace(':deliveryId', deliveryId)}`;
  const close = () => void navigate({ search: ({ delivery: _closed, ...rest }) => rest });
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t('webhooks.deliveryTitle')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <QueryView query={query} lines={5}>
        {(delivery) => (
          <Stack gap="md">
            <dl className="facts">
              <dt>{t('op.webhooks.event')}</dt>
              <dd>
                {delivery.type} #{delivery.eventSeq}
              </dd>
              <dt>{t('op.payouts.state')}</dt>
              <dd>
                <DeliveryStateBadge state={delivery.state} />
              </dd>
              <dt>{t('op.webhooks.url')}</dt>
              <dd className="break">{delivery.url}</dd>
              <dt>{t('op.queue.account')}</dt>
              <dd>
                <PageLink
                  to="/admin/accounts/$accountId"
                  params={{ accountId: delivery.accountId }}
                  className="mono break"
                >
                  {delivery.accountId}
                </PageLink>
              </dd>
              <dt>{t('webhooks.next')}</dt>
              <dd>
                {delivery.nextAt === null ? (
                  t('webhooks.noNext')
                ) : (
                  <RelativeTime at={delivery.nextAt} />
                )}
              </dd>
            </dl>
            <DeliveryAttempts log={delivery.log} />
            <CommandLines lines={[{ label: 'curl', text: curlLine({ url }) }]} />
          </Stack>
        )}
      </QueryView>
    </Modal>
  );
}
