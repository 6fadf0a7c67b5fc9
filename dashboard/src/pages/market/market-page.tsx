import { Stack, Tabs } from '@mantine/core';
import { isMarketError } from '@node3/shared/error';
import { IconChartLine, IconCpu2, IconListDetails } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useChannelRefresh, usePollMs } from '../../live/use-stream.ts';
import { PageHeading } from '../../parts/page-heading.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { overviewQuery } from '../../queries/market.ts';
import { BoardTab } from './board-tab.tsx';
import './market-page.css';
import {
  type MarketSearch,
  type MarketTab,
  marketTabs,
  readMarketSearch,
} from './market-search.ts';
import { MarketStats } from './market-stats.tsx';
import { OffersTab } from './offers-tab.tsx';
import { PricesTab } from './prices-tab.tsx';

const icons = { jobs: IconListDetails, compute: IconCpu2, prices: IconChartLine };

/** Anybody's view of the market: jobs, machines, prices. */
export function MarketPage() {
  const { t } = useTranslation();
  const app = useApp();
  const navigate = useNavigate();
  // Both hosts have the page, and its address is read again so that the types are the same.
  const search: MarketSearch = readMarketSearch(useSearch({ strict: false }));
  const refetchInterval = usePollMs();
  useChannelRefresh('market', ['market']);
  const overview = useQuery({ ...overviewQuery(app), refetchInterval });
  const tab = search.tab ?? 'jobs';
  const show = (next: string | null) => {
    const known = marketTabs.find((one) => one === next) ?? 'jobs';
    // What one tab is filtered by means nothing to another.
    void navigate({ to: '/marketplace', search: known === 'jobs' ? {} : { tab: known } });
  };
  return (
    <>
      <PageHeading title={t('market.title')} subtitle={t('market.subtitle')} />
      <Stack gap="lg">
        {/* The list below says it then. */}
        {(overview.data !== undefined ||
          !isMarketError(overview.error, 'MARKETPLACE_UNREACHABLE')) && (
          <QueryView query={overview} lines={2}>
            {(data) => <MarketStats overview={data} />}
          </QueryView>
        )}
        <Tabs value={tab} onChange={show} keepMounted={false}>
          <Tabs.List mb="lg">
            {marketTabs.map((one) => {
              const Icon = icons[one];
              return (
                <Tabs.Tab key={one} value={one} leftSection={<Icon size={16} aria-hidden />}>
                  {t(`market.tab.${one}`)}
                </Tabs.Tab>
              );
            })}
          </Tabs.List>
          {marketTabs.map((one) => (
            <Tabs.Panel key={one} value={one}>
              <TabContent tab={one} search={search} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Stack>
    </>
  );
}

function TabContent({ tab, search }: { tab: MarketTab; search: MarketSearch }) {
  if (tab === 'compute') return <OffersTab search={search} />;
  return tab === 'prices' ? <PricesTab search={search} /> : <BoardTab search={search} />;
}
