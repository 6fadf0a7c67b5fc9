import { Anchor, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useChannelRefresh, usePollMs } from '../live/use-stream.ts';
import { PageHeading } from '../parts/page-heading.tsx';
import { QueryView } from '../parts/query-view.tsx';
import { RequireSession } from '../parts/require-session.tsx';
import { webhookQuery } from '../queries/webhooks.ts';
import { DeliveryList } from './webhooks/delivery-list.tsx';
import { WebhookActions } from './webhooks/webhook-actions.tsx';
import { WebhookFacts } from './webhooks/webhook-facts.tsx';
import { WebhookStateBadge } from './webhooks/webhook-list.tsx';

const route = getRouteApi('/webhooks/$webhookId');

/** One webhook: what it gets, what became of it, and what can be done about that. */
export function WebhookPage() {
  const { t } = useTranslation();
  return <RequireSession heading={t('webhooks.one')}>{() => <Webhook />}</RequireSession>;
}

function Webhook() {
  const { t } = useTranslation();
  const { webhookId } = route.useParams();
  useChannelRefresh('events', ['own', 'webhooks', webhookId]);
  const query = useQuery({ ...webhookQuery(useApp(), webhookId), refetchInterval: usePollMs() });
  return (
    <QueryView query={query} lines={6}>
      {(webhook) => (
        <>
          <PageHeading
            title={t('webhooks.one')}
            mark={<WebhookStateBadge webhook={webhook} />}
            subtitle={
              <Anchor size="sm" renderRoot={(props) => <Link to="/webhooks" {...props} />}>
                {t('webhooks.all')}
              </Anchor>
            }
          />
          <Stack gap="lg">
            <WebhookFacts webhook={webhook} />
            <WebhookActions webhook={webhook} />
            <DeliveryList webhookId={webhookId} />
          </Stack>
        </>
      )}
    </QueryView>
  );
}
