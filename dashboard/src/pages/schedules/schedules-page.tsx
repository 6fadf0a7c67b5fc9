import { Code } from '@mantine/core';
import type { ScheduleSummary } from '@node3/shared/routes/schedules';
import { IconCalendarTime } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import { schedulesQuery } from '../../queries/flows.ts';
import { curlLine } from '../../shell-command.ts';
import { ListPage, OwnList } from '../flows/list-page.tsx';
import { scheduleLooks } from './schedule-looks.ts';

const route = getRouteApi('/schedules');

export function SchedulesPage() {
  const { t } = useTranslation();
  return (
    <ListPage
      title={t('schedules.title')}
      subtitle={t('schedules.subtitle')}
      add={{ to: '/schedules/new', text: t('schedules.new') }}
    >
      {() => <OwnSchedules />}
    </ListPage>
  );
}

function OwnSchedules() {
  const { t } = useTranslation();
  const app = useApp();
  const { cursor } = route.useSearch();
  const query = useQuery({ ...schedulesQuery(app, cursor), placeholderData: keepPreviousData });
  const columns = useColumns();
  return (
    <OwnList
      query={query}
      cursor={cursor}
      label={t('schedules.title')}
      columns={columns}
      rowId={({ scheduleId }) => scheduleId}
      none={{
        icon: IconCalendarTime,
        title: t('schedules.empty'),
        first: { to: '/schedules/new', text: t('schedules.emptyAction') },
      }}
      lines={[
        { label: 'CLI', text: 'node3 schedule list' },
        { label: 'curl', text: curlLine({ url: `${location.origin}/api/v1/schedules` }) },
      ]}
    />
  );
}

function useColumns(): DataColumn<ScheduleSummary>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('schedules.column.name'),
        value: ({ name }) => name,
        cell: ({ name, scheduleId }) => (
          <Link to="/schedules/$scheduleId" params={{ scheduleId }} className="row-link break">
            {name}
          </Link>
        ),
      },
      {
        id: 'state',
        title: t('schedules.column.state'),
        cell: ({ state }) => (
          <LookBadge look={scheduleLooks[state]} label={t(`schedule.state.${state}`)} />
        ),
      },
      {
        id: 'cron',
        title: t('schedules.column.cron'),
        cell: ({ cron, timezone }) => (
          <span className="break">
            <Code>{cron}</Code> {timezone}
          </span>
        ),
      },
      {
        id: 'next',
        title: t('schedules.column.next'),
        align: 'right',
        value: ({ nextAt }) => (nextAt === null ? null : Date.parse(nextAt)),
        cell: ({ nextAt }) => (nextAt === null ? t('state.never') : <RelativeTime at={nextAt} />),
      },
    ],
    [t],
  );
}
