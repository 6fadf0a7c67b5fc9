import { Card, Group, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import type { AdminAgent } from '@node3/shared/routes/admin-agents';
import { IconSearch, IconServer2 } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/use-format.ts';
import { SaveCsv } from '../../../parts/data-table/save-csv.tsx';
import { readSort, writeSort } from '../../../parts/data-table/table-sort.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { FleetCards } from './fleet-cards.tsx';
import { fleetColumns, fleetCsv } from './fleet-columns.tsx';
import { type FleetSearch, filterFleet, fleetOrders, fleetStatuses } from './fleet-search.ts';

const route = getRouteApi('/admin/fleet');

export function FleetView({ agents }: { agents: AdminAgent[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const search = route.useSearch();
  const change = useFleetSearch();
  const columns = useMemo(() => fleetColumns(t, format), [t, format]);
  const found = useMemo(() => filterFleet(agents, search), [agents, search]);
  const empty = (
    <EmptyState
      icon={IconServer2}
      title={t(agents.length === 0 ? 'op.fleet.none' : 'op.fleet.nothingFits')}
    >
      {t(agents.length === 0 ? 'op.fleet.noneHint' : 'op.fleet.nothingFitsHint')}
    </EmptyState>
  );
  return (
    <Card withBorder padding={0}>
      <FleetFilters agents={agents} found={found.length} />
      {search.view === 'cards' ? (
        <>
          <Group justify="flex-end" p="md" pb={0}>
            <SaveCsv csv={fleetCsv} rows={found} />
          </Group>
          {found.length === 0 ? empty : <FleetCards agents={found} />}
        </>
      ) : (
        <DataTable
          label={t('op.fleet.title')}
          columns={columns}
          rows={found}
          rowId={(agent) => agent.agentId}
          sort={readSort(search.sort, fleetOrders)}
          onSort={(sort) => change({ sort: sort === null ? undefined : writeSort(sort) })}
          csv={fleetCsv}
          tools={t('op.fleet.shown', { found: found.length, count: agents.length })}
          empty={empty}
        />
      )}
    </Card>
  );
}

function useFleetSearch() {
  const navigate = useNavigate({ from: '/admin/fleet' });
  return (change: { [Name in keyof FleetSearch]?: FleetSearch[Name] | undefined }) =>
    void navigate({
      search: (before) => withoutEmpty({ ...before, ...change }),
      replace: true,
      resetScroll: false,
    });
}

function withoutEmpty(search: Record<string, string | undefined>): FleetSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => (value ?? '') !== ''));
}

function FleetFilters({ agents, found }: { agents: AdminAgent[]; found: number }) {
  const { t } = useTranslation();
  const search = route.useSearch();
  const change = useFleetSearch();
  const providers = [...new Set(agents.map(({ provider }) => provider))].toSorted();
  return (
    <Group gap="sm" p="md" align="flex-end" role="search" className="operator-filters">
      <TextInput
        label={t('op.fleet.search')}
        value={search.q ?? ''}
        onChange={({ currentTarget: { value } }) => change({ q: value.slice(0, 64) })}
        leftSection={<IconSearch size={15} aria-hidden />}
      />
      <NativeSelect
        label={t('op.fleet.status')}
        value={search.status ?? ''}
        onChange={({ currentTarget: { value } }) =>
          change({ status: fleetStatuses.find((status) => status === value) })
        }
        data={[
          { value: '', label: t('op.filter.all') },
          ...fleetStatuses.map((value) => ({ value, label: t(`agent.status.${value}`) })),
        ]}
      />
      <NativeSelect
        label={t('op.fleet.provider')}
        value={search.provider ?? ''}
        onChange={({ currentTarget: { value } }) => change({ provider: value })}
        data={[{ value: '', label: t('op.filter.all') }, ...providers]}
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
      <span className="visually-hidden" role="status">
        {t('op.fleet.shown', { found, count: agents.length })}
      </span>
    </Group>
  );
}
