import { Button, Stack, Text } from '@mantine/core';
import type { Reservation } from '@node3/shared/routes/reservations';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../../format.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { PageLink } from '../../../parts/page-link.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';

interface ReservationColumnsProps {
  isBusy: boolean;
  onCancel: (reservation: Reservation) => void;
}

/** Agents that are linked from a row; the rest are counted. */
const agentsShown = 4;

export function useReservationColumns(props: ReservationColumnsProps): DataColumn<Reservation>[] {
  const { isBusy, onCancel } = props;
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'account',
        title: t('op.queue.account'),
        cell: ({ accountId, reservationId }) => (
          <div>
            <PageLink to="/admin/accounts/$accountId" params={{ accountId }} className="mono">
              {shorten(accountId, 8, 5)}
            </PageLink>
            <Text size="xs" c="dimmed" className="mono" title={reservationId}>
              {shorten(reservationId, 8, 5)}
            </Text>
          </div>
        ),
      },
      {
        id: 'agents',
        title: t('op.reservations.agents'),
        value: ({ agentIds }) => agentIds.length,
        cell: ({ agentIds }) => (
          <Stack gap={2}>
            {agentIds.slice(0, agentsShown).map((agentId) => (
              <PageLink
                key={agentId}
                to="/admin/fleet/$agentId"
                params={{ agentId }}
                className="mono"
              >
                {shorten(agentId, 8, 5)}
              </PageLink>
            ))}
            {agentIds.length > agentsShown && (
              <Text size="xs">
                {t('op.reservations.more', { count: agentIds.length - agentsShown })}
              </Text>
            )}
          </Stack>
        ),
      },
      {
        id: 'from',
        title: t('op.audit.from'),
        value: ({ from }) => from,
        cell: ({ from }) => <Moment at={from} text={format.time(Date.parse(from))} />,
      },
      {
        id: 'until',
        title: t('op.audit.until'),
        value: ({ until }) => until,
        cell: ({ until }) => <Moment at={until} text={format.time(Date.parse(until))} />,
      },
      {
        id: 'actions',
        title: t('op.actions'),
        cell: (reservation) => (
          <Button
            size="compact-xs"
            variant="default"
            disabled={isBusy}
            onClick={() => onCancel(reservation)}
          >
            {t('op.reservations.cancel')}
          </Button>
        ),
      },
    ],
    [t, format, isBusy, onCancel],
  );
}

function Moment({ at, text }: { at: string; text: string }) {
  return (
    <div>
      <time dateTime={at} className="nowrap">
        {text}
      </time>
      <Text size="xs" c="dimmed">
        <RelativeTime at={at} />
      </Text>
    </div>
  );
}
