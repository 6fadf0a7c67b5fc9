import { Card } from '@mantine/core';
import {
  cancelReservation,
  listReservations,
  type Reservation,
} from '@node3/shared/routes/reservations';
import { IconCalendarTime } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { NewReservation } from './reservations/new-reservation.tsx';
import { useReservationColumns } from './reservations/reservation-columns.tsx';
import { ActDialog } from './shared/act-dialog.tsx';
import { OperatorPage } from './shared/operator-page.tsx';
import { useOperate } from './shared/use-operate.ts';

/** Agents that are held for an account for a time. */
export function ReservationsPage() {
  const { t } = useTranslation();
  const path = listReservations.url;
  return (
    <OperatorPage
      title={t('op.reservations.title')}
      subtitle={t('op.reservations.subtitle')}
      lines={[
        { label: 'CLI', text: `node3 api GET ${path}` },
        { label: 'curl', text: curlLine({ url: `${location.origin}${path}` }) },
      ]}
    >
      {() => (
        <>
          <List />
          <NewReservation />
        </>
      )}
    </OperatorPage>
  );
}

function List() {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [asked, setAsked] = useState<Reservation | null>(null);
  const query = useQuery({
    ...operatorQuery(useApp(), listReservations, {}),
    refetchInterval: usePollMs(),
  });
  const columns = useReservationColumns({ isBusy, onCancel: setAsked });
  return (
    <Card withBorder padding={0}>
      <QueryView query={query} lines={4}>
        {({ data }) => (
          <DataTable
            label={t('op.reservations.title')}
            columns={columns}
            rows={data}
            rowId={({ reservationId }) => reservationId}
            empty={
              <EmptyState icon={IconCalendarTime} title={t('op.reservations.none')}>
                {t('op.reservations.noneHint')}
              </EmptyState>
            }
          />
        )}
      </QueryView>
      <ActDialog
        act={
          asked === null
            ? null
            : {
                title: t('op.reservations.cancel.title'),
                text: t('op.reservations.cancel.text'),
                confirm: t('op.reservations.cancel'),
                color: 'red',
              }
        }
        onClose={() => setAsked(null)}
        onConfirm={() =>
          asked !== null &&
          operate(async (client) => {
            const { reservationId } = asked;
            await client.call(cancelReservation, { params: { reservationId } });
            return t('op.reservations.cancelled');
          })
        }
      />
    </Card>
  );
}
