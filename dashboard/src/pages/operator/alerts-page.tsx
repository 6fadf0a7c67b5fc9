import { Button, Text } from '@mantine/core';
import { type AlertView, acknowledgeAlert, listAlerts } from '@node3/shared/routes/alerts';
import { IconAlertTriangle, IconBell, IconBellRinging, IconCheck } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { AlertText } from '../../parts/alert-text.tsx';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { KeysetTable } from '../../parts/keyset-table.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { OperatorPage } from './shared/operator-page.tsx';
import { useOperate } from './shared/use-operate.ts';
import { pageOf, UsualOrAll } from './shared/usual-or-all.tsx';

const route = getRouteApi('/admin/alerts');

/** What somebody should look at, and what that was before. */
export function AdminAlertsPage() {
  const { t } = useTranslation();
  return (
    <OperatorPage
      title={t('op.alerts.title')}
      subtitle={t('op.alerts.subtitle')}
      lines={[
        { label: 'CLI', text: 'node3 admin alerts' },
        { label: 'curl', text: curlLine({ url: `${location.origin}${listAlerts.url}` }) },
      ]}
    >
      {() => <Alerts />}
    </OperatorPage>
  );
}

function Alerts() {
  const { t } = useTranslation();
  const { state, cursor } = route.useSearch();
  const query = useQuery({
    ...operatorQuery(useApp(), listAlerts, {
      query: { state: state ?? 'open', ...pageOf(cursor) },
    }),
    refetchInterval: usePollMs(),
    placeholderData: keepPreviousData,
  });
  const columns = useAlertColumns();
  return (
    <KeysetTable
      query={query}
      cursor={cursor}
      label={t('op.alerts.title')}
      columns={columns}
      rowId={({ alertId }) => alertId}
      tools={<UsualOrAll label={t('op.alerts.filter')} value={state} usual={t('op.alerts.open')} />}
      empty={<EmptyState icon={IconBell} title={t('op.alerts.none')} />}
    />
  );
}

function useAlertColumns(): DataColumn<AlertView>[] {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  return useMemo(
    () => [
      {
        id: 'alert',
        title: t('op.alerts.alert'),
        cell: (alert) => (
          <div>
            <Text size="sm" fw={600}>
              {t(`alerts.rule.${alert.rule}`)}
            </Text>
            <Text size="sm">
              <AlertText alert={alert} />
            </Text>
            <Text size="xs" c="dimmed" className="mono break">
              {alert.rule} · {alert.subject}
            </Text>
          </div>
        ),
      },
      { id: 'state', title: t('op.payouts.state'), cell: (alert) => <AlertState alert={alert} /> },
      {
        id: 'opened',
        title: t('op.alerts.opened'),
        align: 'right',
        value: ({ openedAt }) => openedAt,
        cell: ({ openedAt }) => <RelativeTime at={openedAt} />,
      },
      {
        id: 'resolved',
        title: t('op.alerts.resolved'),
        align: 'right',
        value: ({ resolvedAt }) => resolvedAt,
        cell: ({ resolvedAt }) => <RelativeTime at={resolvedAt} />,
      },
      {
        id: 'actions',
        title: t('op.actions'),
        cell: ({ alertId, acknowledgedAt, state }) =>
          acknowledgedAt === null && state === 'open' ? (
            <Button
              size="compact-xs"
              variant="default"
              disabled={isBusy}
              onClick={() =>
                operate(async (client) => {
                  await client.call(acknowledgeAlert, { params: { alertId } });
                  return t('op.alerts.acknowledged');
                })
              }
            >
              {t('op.alerts.acknowledge')}
            </Button>
          ) : null,
      },
    ],
    [t, operate, isBusy],
  );
}

function AlertState({ alert }: { alert: AlertView }) {
  const { t } = useTranslation();
  if (alert.state === 'resolved') {
    return <LookBadge look={{ color: 'green', icon: IconCheck }} label={t('op.alerts.isOver')} />;
  }
  const icon = alert.severity === 'critical' ? IconAlertTriangle : IconBellRinging;
  const color = alert.severity === 'critical' ? 'red' : 'orange';
  const known = alert.acknowledgedAt !== null;
  return (
    <LookBadge
      look={{ color, icon }}
      label={t(known ? 'op.alerts.known' : `op.alerts.severity.${alert.severity}`)}
    />
  );
}
