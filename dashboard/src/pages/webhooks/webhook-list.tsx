import { Card, Stack, Text } from '@mantine/core';
import { createWebhook, type WebhookView } from '@node3/shared/routes/webhooks';
import { IconBan, IconCheck, IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import { webhooksQuery } from '../../queries/webhooks.ts';
import { curlLine } from '../../shell-command.ts';

export function WebhookList() {
  const { t } = useTranslation();
  const query = useQuery({ ...webhooksQuery(useApp()), refetchInterval: usePollMs() });
  const columns = useMemo(() => webhookColumns(t), [t]);
  const example = { url: 'https://you.example/node3', types: ['job.ended'] };
  const url = `${location.origin}${createWebhook.url}`;
  return (
    <Stack gap="sm">
      <Card withBorder padding={0}>
        <QueryView query={query}>
          {(webhooks) => (
            <DataTable
              label={t('webhooks.title')}
              columns={columns}
              rows={webhooks}
              rowId={(webhook) => webhook.webhookId}
              empty={
                <EmptyState icon={IconWebhook} title={t('webhooks.empty')}>
                  {t('webhooks.emptyText')}
                </EmptyState>
              }
            />
          )}
        </QueryView>
      </Card>
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 webhook create ${example.url} --type job.ended` },
          { label: 'curl', text: curlLine({ method: 'POST', url, body: example }) },
        ]}
      />
    </Stack>
  );
}

function webhookColumns(t: TFunction): DataColumn<WebhookView>[] {
  return [
    {
      id: 'url',
      title: t('webhooks.url'),
      cell: ({ webhookId, url, description }) => (
        <div>
          <Link to="/webhooks/$webhookId" params={{ webhookId }} className="row-link break">
            {url}
          </Link>
          {description !== null && (
            <Text size="xs" c="dimmed" className="break">
              {description}
            </Text>
          )}
        </div>
      ),
    },
    {
      id: 'events',
      title: t('webhooks.events'),
      cell: ({ types }) => types?.join(', ') ?? t('webhooks.allEvents'),
    },
    {
      id: 'state',
      title: t('webhooks.state'),
      cell: (webhook) => <WebhookStateBadge webhook={webhook} />,
      value: ({ state }) => state,
    },
    {
      id: 'created',
      title: t('webhooks.created'),
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
      value: ({ createdAt }) => Date.parse(createdAt),
      align: 'right',
    },
  ];
}

export function WebhookStateBadge({ webhook }: { webhook: WebhookView }) {
  const { t } = useTranslation();
  const { state, failingSince } = webhook;
  if (state === 'disabled') {
    return <LookBadge look={{ color: 'gray', icon: IconBan }} label={t('webhooks.paused')} />;
  }
  return failingSince === null ? (
    <LookBadge look={{ color: 'green', icon: IconCheck }} label={t('webhooks.enabled')} />
  ) : (
    <LookBadge look={{ color: 'orange', icon: IconBan }} label={t('webhooks.failing')} />
  );
}
