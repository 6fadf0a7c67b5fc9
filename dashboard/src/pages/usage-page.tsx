import { Stack, Tabs } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useChannelRefresh } from '../live/use-stream.ts';
import { PageHeading } from '../parts/page-heading.tsx';
import { RequireSession } from '../parts/require-session.tsx';
import type { UsagePeriod } from '../queries/usage.ts';
import { type UsageSearch, usageViews } from '../routes/usage-search.ts';
import { useNow } from '../use-now.ts';
import { useViewer } from '../viewer/use-viewer.ts';
import { isOperator, type OwnAccount } from '../viewer/viewer.ts';
import { CapsView } from './usage/caps-view.tsx';
import { CustomerUsage } from './usage/customer-usage.tsx';
import { PeriodPicker } from './usage/period-picker.tsx';
import { lastDays } from './usage/usage-totals.ts';
import { UsageView } from './usage/usage-view.tsx';

const route = getRouteApi('/usage');

/** What was used and what it cost, and what may be spent at most. */
export function UsagePage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('usage.title')} subtitle={t('usage.subtitle')} />
      <RequireSession>{(account) => <Usage account={account} />}</RequireSession>
    </>
  );
}

function Usage({ account }: { account: OwnAccount }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = route.useSearch();
  const period = usePeriod(search);
  const views = isOperator(useViewer()) ? usageViews : usageViews.slice(0, 2);
  const { view = 'spending' } = search;
  useChannelRefresh('events', ['own', 'caps']);
  return (
    <Tabs
      value={view}
      onChange={(name) => {
        const chosen = views.find((known) => known === name);
        if (chosen !== undefined)
          void navigate({ to: '/usage', search: { ...search, view: chosen } });
      }}
      keepMounted={false}
    >
      <Tabs.List mb="md">
        {views.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {t(`usage.view.${name}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="spending">
        <UsageView search={search} period={period} />
      </Tabs.Panel>
      <Tabs.Panel value="caps">
        <CapsView wallet={account.wallet} />
      </Tabs.Panel>
      <Tabs.Panel value="customers">
        <RequireSession scope="operator">
          {() => (
            <Stack gap="lg">
              <PeriodPicker search={search} period={period} />
              <CustomerUsage period={period} />
            </Stack>
          )}
        </RequireSession>
      </Tabs.Panel>
    </Tabs>
  );
}

function usePeriod({ days = '30', from, to }: UsageSearch): UsagePeriod {
  const usual = lastDays(Number(days), useNow(60_000));
  return { from: from ?? usual.from, to: to ?? usual.to };
}
