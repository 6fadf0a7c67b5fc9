import { Card, Group, NativeSelect, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { ReplyOf } from '@node3/shared/contract';
import {
  exportAgents,
  fleetOrders,
  fleetSorts,
  fleetStatuses,
  type listAgents,
} from '@node3/shared/routes/fleet';
import { IconSearch, IconServer2 } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/use-format.ts';
import { readSort, writeSort } from '../../../parts/data-table/table-sort.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { DownloadButton } from '../../../parts/download-button.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { KeysetPaging } from '../../../parts/keyset-paging.tsx';
import { FleetCards } from './fleet-cards.tsx';
import { fleetColumns } from './fleet-columns.tsx';
import { type FleetSearch, fleetSelection } from './fleet-search.ts';

const route = getRouteApi('/admin/fleet');

export type Fleet = ReplyOf<typeof listAgents>;

/** One page of the agents that fit; the API has sorted and counted all of them. */
export function FleetView({ fleet }: { fleet: Fleet }) {
  const { t } = useTranslation();
  const format = useFormat();
  const search = route.useSearch();
  const change = useFleetSearch();
  const columns = useMemo(() => fleetColumns(t, format), [t, format]);
  const { found, agents } = fleet.total;
  const empty = (
    <EmptyState
      icon={IconServer2}
      title={t(agents === 0 ? 'op.fleet.none' : 'op.fleet.nothingFits')}
    >
      {t(agents === 0 ? 'op.fleet.noneHint' : 'op.fleet.nothingFitsHint')}
    </EmptyState>
  );
  return (
    <Card withBorder padding={0}>
      <FleetFilters fleet={fleet} />
      <Group justify="space-between" gap="sm" px="md" py="sm" className="data-table-bar">
        <Text size="sm" role="status">
          {t('op.fleet.shown', { found: format.number(found), agents: format.number(agents) })}
        </Text>
        <DownloadButton path={exportPath(search)} name="fleet.csv" label={t('op.fleet.csv')} />
      </Group>
      {search.view === 'cards' ? (
        fleet.data.length === 0 ? (
          empty
        ) : (
          <FleetCards agents={fleet.data} />
        )
      ) : (
        <DataTable
          label={t('op.fleet.title')}
          columns={columns}
          rows={fleet.data}
          rowId={(agent) => agent.agentId}
          sort={readSort(search.sort, fleetOrders)}
          onSort={(sort) => change({ sort: sort === null ? undefined : toSort(writeSort(sort)) })}
          sortedBy="server"
          empty={empty}
        />
      )}
      <KeysetPaging
        cursor={search.cursor}
        nextCursor={fleet.nextCursor}
        words={{ first: t('op.fleet.first'), next: t('op.fleet.next') }}
      />
    </Card>
  );
}

function toSort(text: string): FleetSearch['sort'] {
  return fleetSorts.find((sort) => sort === text);
}

function exportPath(search: FleetSearch): string {
  return `${exportAgents.url}?${new URLSearchParams(fleetSelection(search)).toString()}`;
}

/** Another selection begins at its first page. */
function useFleetSearch() {
  const navigate = useNavigate({ from: '/admin/fleet' });
  return (change: { [Name in keyof FleetSearch]?: FleetSearch[Name] | undefined }) =>
    void navigate({
      search: (before) => withoutEmpty({ ...before, cursor: undefined, ...change }),
      replace: true,
      resetScroll: false,
    });
}

function withoutEmpty(search: Record<string, string | undefined>): FleetSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => (value ?? '') !== ''));
}

function FleetFilters({ fleet }: { fleet: Fleet }) {
  const { t } = useTranslation();
  const format = useFormat();
  const search = route.useSearch();
  const change = useFleetSearch();
  const { status, provider } = fleet.facets;
  const count = (values: Fleet['facets']['status'], name: string) =>
    format.number(values.find(({ value }) => value === name)?.count ?? 0);
  return (
    <Group gap="sm" p="md" align="flex-end" role="search" className="operator-filters">
      <SearchText />
      <NativeSelect
        label={t('op.fleet.status')}
        value={search.status ?? ''}
        onChange={({ currentTarget: { value } }) =>
          change({ status: fleetStatuses.find((one) => one === value) })
        }
        data={[
          { value: '', label: t('op.filter.all') },
          ...fleetStatuses.map((value) => ({
            value,
            label: `${t(`agent.status.${value}`)} (${count(status, value)})`,
          })),
        ]}
      />
      <NativeSelect
        label={t('op.fleet.provider')}
        value={search.provider ?? ''}
        onChange={({ currentTarget: { value } }) => change({ provider: value })}
        data={[
          { value: '', label: t('op.filter.all') },
          ...provider.map(({ value, count: agents }) => ({
            value: value ?? '',
            label: `${value ?? ''} (${format.number(agents)})`,
          })),
        ]}
      />
      <SegmentedControl
        aria-label={t('op.fleet.view')}
        value={search.view ?? 'table'}
        onChange={(value) => change({ view: value === 'cards' ? 'cards' : undefined })}
        data={[
          { value: 'table', label: t('op.fleet.view.table') },
          { value: 'cards', label: t('op.fleet.view.cards') },
        ]}
      />
    </Group>
  );
}

/** How long nothing is typed before the API is asked. */
const pauseMs = 250;

function SearchText() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const change = useFleetSearch();
  const [typed, setTyped] = useState(search.q ?? '');
  const ask = useDebouncedCallback((q: string) => change({ q }), pauseMs);
  return (
    <TextInput
      label={t('op.fleet.search')}
      value={typed}
      maxLength={64}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        ask(value.trim());
      }}
      leftSection={<IconSearch size={15} aria-hidden />}
    />
  );
}
