import { Card, Chip, Group, Stack } from '@mantine/core';
import { flowRunStates } from '@node3/shared/flow-state';
import type { ListedRun } from '@node3/shared/routes/redmind';
import { IconRoute } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import { type Selection, useSelection } from '../../parts/use-selection.ts';
import { runsQuery } from '../../queries/flows.ts';
import { curlLine } from '../../shell-command.ts';
import { runLooks } from './flow-looks.ts';
import { RunsBulk } from './runs-bulk.tsx';

const route = getRouteApi('/runs');
/** Nobody ever reads `pending`. */
const shownStates = flowRunStates.filter((state) => state !== 'pending');

export function RunsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('runs.title')} subtitle={t('runs.subtitle')} />
      <RequireSession>{() => <OwnRuns />}</RequireSession>
    </>
  );
}

function OwnRuns() {
  const app = useApp();
  const search = route.useSearch();
  const query = useQuery({ ...runsQuery(app, search), placeholderData: keepPreviousData });
  const runs = query.data?.data ?? [];
  const selection = useSelection(runs.map(({ runId }) => runId));
  const { cursor, flowId, status } = search;
  return (
    <Stack gap="md">
      <RunFilter />
      <Card withBorder padding={0} aria-busy={query.isPlaceholderData}>
        <QueryView query={query} lines={6}>
          {(page) => (
            <>
              <RunTable
                runs={page.data}
                filtered={status !== undefined || flowId !== undefined}
                selection={selection}
              />
              <KeysetPaging cursor={cursor} nextCursor={page.nextCursor} />
            </>
          )}
        </QueryView>
      </Card>
      <RunsBulk runs={runs} selection={selection} />
      <CommandLines
        lines={[{ label: 'curl', text: curlLine({ url: `${location.origin}/api/v1/runs` }) }]}
      />
    </Stack>
  );
}

function RunFilter() {
  const { t } = useTranslation();
  const { status, flowId } = route.useSearch();
  const navigate = route.useNavigate();
  const ofFlow = flowId === undefined ? {} : { flowId };
  return (
    <Group gap="xs" role="group" aria-label={t('runs.filter')}>
      <Chip
        checked={status === undefined}
        onChange={() => void navigate({ search: ofFlow, replace: true })}
      >
        {t('runs.all')}
      </Chip>
      {shownStates.map((state) => (
        <Chip
          key={state}
          checked={status === state}
          onChange={() => void navigate({ search: { ...ofFlow, status: state }, replace: true })}
        >
          {t(`flow.run.${state}`)}
        </Chip>
      ))}
      {flowId !== undefined && (
        <Link to="/runs" search={status === undefined ? {} : { status }}>
          {t('runs.anyFlow')}
        </Link>
      )}
    </Group>
  );
}

interface RunTableProps {
  runs: ListedRun[];
  filtered: boolean;
  selection: Selection;
}

function RunTable({ runs, filtered, selection }: RunTableProps) {
  const { t } = useTranslation();
  const columns = useColumns();
  return (
    <DataTable
      label={t('runs.title')}
      columns={columns}
      rows={runs}
      rowId={(run) => run.runId}
      selection={{
        ids: new Set(selection.ids),
        onChange: selection.replace,
        nameOf: (run) => shorten(run.runId, 12, 5),
      }}
      empty={
        <EmptyState icon={IconRoute} title={t(filtered ? 'runs.emptyFiltered' : 'runs.empty')}>
          {filtered ? (
            <Link to="/runs" search={{}}>
              {t('runs.clear')}
            </Link>
          ) : (
            <Link to="/flows">{t('runs.emptyAction')}</Link>
          )}
        </EmptyState>
      }
    />
  );
}

function useColumns(): DataColumn<ListedRun>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'run',
        title: t('runs.column.run'),
        cell: (run) => (
          <Link to="/runs/$runId" params={{ runId: run.runId }} className="row-link mono">
            {shorten(run.runId, 12, 5)}
          </Link>
        ),
      },
      {
        id: 'state',
        title: t('runs.column.state'),
        cell: ({ status }) => <LookBadge look={runLooks[status]} label={t(`flow.run.${status}`)} />,
      },
      {
        id: 'flow',
        title: t('runs.column.flow'),
        cell: ({ flow_id: flowId, flow_name: name, flow_version: version }) =>
          flowId === null ? (
            t('run.unsaved')
          ) : (
            <Link to="/flows/$flowId" params={{ flowId }} className="row-action break">
              {t('runs.ofFlow', { name: name ?? shorten(flowId, 10, 4), version })}
            </Link>
          ),
      },
      {
        id: 'time',
        title: t('runs.column.time'),
        align: 'right',
        cell: ({ started_at: from, ended_at: to }) =>
          to === null
            ? t('runs.stillRunning')
            : format.duration(Math.max(0, Date.parse(to) - Date.parse(from))),
      },
      {
        id: 'started',
        title: t('runs.column.started'),
        align: 'right',
        cell: (run) => <RelativeTime at={run.started_at} />,
      },
    ],
    [t, format],
  );
}
