import { ActionIcon, Button, Indicator, Popover, Stack, Text } from '@mantine/core';
import { type AlertView, acknowledgeAlert } from '@node3/shared/routes/alerts';
import { IconAlertTriangle, IconBell, IconUrgent } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { usePollMs } from '../live/use-stream.ts';
import { AlertText } from '../parts/alert-text.tsx';
import { ErrorView } from '../parts/error-view.tsx';
import { ErrorWords } from '../parts/error-words.tsx';
import { RelativeTime } from '../parts/relative-time.tsx';
import { alertsQuery } from '../queries/frame.ts';
import { useViewer } from '../viewer/use-viewer.ts';
import { missingScope } from '../viewer/viewer.ts';

/** The alerts that are open: an account's own, or for the operator those of all. */
export function AlertBell() {
  const { t } = useTranslation();
  const app = useApp();
  const viewer = useViewer();
  const isReader =
    viewer.state === 'signedIn' && missingScope(viewer.scopes, 'requester', 'reads') === null;
  const query = useQuery({
    ...alertsQuery(app),
    enabled: isReader,
    refetchInterval: usePollMs(),
  });
  if (viewer.state !== 'signedIn' || !isReader) return null;
  const alerts = query.data?.data ?? [];
  const unseen = alerts.filter(({ acknowledgedAt }) => acknowledgedAt === null).length;
  const mayAcknowledge = missingScope(viewer.scopes, 'operator', 'changes') === null;
  return (
    <Popover position="bottom-end" width={360} withinPortal trapFocus>
      <Indicator disabled={unseen === 0} label={unseen > 9 ? '9+' : unseen} size={16} offset={6}>
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={t('alerts.bell', { count: unseen })}
          >
            <IconBell size={18} aria-hidden />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown aria-label={t('alerts.title')} className="alert-dropdown">
        <Text fw={600} size="sm" mb="xs">
          {t('alerts.title')}
        </Text>
        {query.error !== null && query.data === undefined && <ErrorView error={query.error} />}
        {query.data !== undefined && alerts.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('alerts.none')}
          </Text>
        )}
        <Stack component="ul" gap="sm" className="plain-list">
          {alerts.map((alert) => (
            <AlertLine key={alert.alertId} alert={alert} mayAcknowledge={mayAcknowledge} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function AlertLine({ alert, mayAcknowledge }: { alert: AlertView; mayAcknowledge: boolean }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const acknowledge = useMutation({
    mutationFn: () => client.call(acknowledgeAlert, { params: { alertId: alert.alertId } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['own', 'alerts'] }),
  });
  const isCritical = alert.severity === 'critical';
  const Icon = isCritical ? IconUrgent : IconAlertTriangle;
  return (
    <li className="alert-line">
      <span className="check-icon" data-color={isCritical ? 'red' : 'orange'}>
        <Icon size={18} aria-hidden />
      </span>
      <div className="alert-text">
        <Text size="sm" fw={600}>
          {t(`alerts.rule.${alert.rule}`)}
        </Text>
        <Text size="sm">
          <AlertText alert={alert} />
        </Text>
        <Text size="xs" c="dimmed">
          {t(`alerts.severity.${alert.severity}`)} · <RelativeTime at={alert.openedAt} />
          {alert.acknowledgedAt !== null && ` · ${t('alerts.acknowledged')}`}
        </Text>
        {acknowledge.error !== null && (
          <Text size="xs" role="alert">
            <ErrorWords error={acknowledge.error} />
          </Text>
        )}
      </div>
      {mayAcknowledge && alert.acknowledgedAt === null && (
        <Button
          size="compact-xs"
          variant="default"
          loading={acknowledge.isPending}
          onClick={() => acknowledge.mutate()}
        >
          {t('alerts.acknowledge')}
        </Button>
      )}
    </li>
  );
}
