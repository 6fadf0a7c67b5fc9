import { Card, Group, SegmentedControl } from '@mantine/core';
import { type GpuOffer, offerSorts } from '@node3/shared/routes/offers';
import { IconCpu2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { offersQuery } from '../../queries/market.ts';
import { offerCommands } from './market-commands.ts';
import {
  assetChoices,
  MemoryField,
  SearchOfList,
  SearchSelect,
  SearchText,
  useMarketField,
} from './market-field.tsx';
import { MarketList } from './market-list.tsx';
import { filterFields, type MarketSearch, offerQueryOf } from './market-search.ts';
import { OfferCards } from './offer-cards.tsx';
import { offerColumns } from './offer-columns.tsx';
import { OfferFacets } from './offer-facets.tsx';

/** GPUs that can be had: the marketplace filters, sorts and counts them, all of them and not one page. */
export function OffersTab({ search }: { search: MarketSearch }) {
  const { t } = useTranslation();
  const app = useApp();
  const query = offerQueryOf(search);
  const offers = useQuery({ ...offersQuery(app, query), refetchInterval: usePollMs() });
  return (
    <MarketList
      search={search}
      query={offers}
      filters={
        <>
          <SearchOfList search={search} placeholder={t('market.searchOffers')} />
          <Group grow gap="sm">
            <MemoryField search={search} label={t('market.field.memory')} />
            <SearchText
              label={t('market.field.count')}
              field="count"
              search={search}
              inputMode="numeric"
              placeholder="1"
            />
          </Group>
          <Group grow gap="sm" align="flex-end">
            <SearchText
              label={t('market.field.priceMax')}
              field="priceMax"
              search={search}
              inputMode="decimal"
              placeholder="0.50"
            />
            <SearchSelect
              label={t('market.field.asset')}
              field="asset"
              search={search}
              choices={assetChoices}
            />
          </Group>
          {offers.data !== undefined && <OfferFacets search={search} facets={offers.data.facets} />}
        </>
      }
      bar={<ListBar search={search} />}
      sum={({ total: { agents, gpus, offers: count } }) =>
        t('market.offersFound', {
          offers: t('market.countOffers', { count }),
          gpus: t('market.countGpus', { count: gpus }),
          agents: t('market.countAgents', { count: agents }),
        })
      }
      lines={offerCommands(query)}
    >
      {({ data }) => <OfferList offers={data} search={search} />}
    </MarketList>
  );
}

function ListBar({ search }: { search: MarketSearch }) {
  const { t } = useTranslation();
  const write = useMarketField();
  return (
    <Group justify="space-between" align="flex-end" gap="sm">
      <SearchSelect
        label={t('market.sort')}
        field="sort"
        search={search}
        choices={offerSorts.map((value) => ({ value, label: t(`market.sort.${value}`) }))}
      />
      <SegmentedControl
        aria-label={t('market.view')}
        size="sm"
        value={search.view === 'table' ? 'table' : 'cards'}
        onChange={(view) => write({ view: view === 'table' ? view : undefined })}
        data={[
          { value: 'cards', label: t('market.view.cards') },
          { value: 'table', label: t('market.view.table') },
        ]}
      />
    </Group>
  );
}

function OfferList({ offers, search }: { offers: GpuOffer[]; search: MarketSearch }) {
  const { t } = useTranslation();
  const columns = useMemo(() => offerColumns(t), [t]);
  const isFiltered = filterFields.some((field) => search[field] !== undefined);
  const empty = (
    <EmptyState icon={IconCpu2} title={t('market.offersNone')}>
      {isFiltered ? t('market.noneFits') : t('market.offersNoneHint')}
    </EmptyState>
  );
  if (offers.length === 0) return <Card withBorder>{empty}</Card>;
  if (search.view !== 'table') return <OfferCards offers={offers} />;
  return (
    <Card withBorder padding={0}>
      <div className="section-flush">
        <DataTable
          label={t('market.tab.compute')}
          columns={columns}
          rows={offers}
          rowId={({ agentId, memoryBytes, model }) => `${agentId} ${model} ${memoryBytes}`}
          empty={empty}
        />
      </div>
    </Card>
  );
}
