import { Stack, Tabs } from '@mantine/core';
import type { Account } from '@node3/shared/routes/accounts';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useChannelRefresh } from '../live/use-stream.ts';
import { PageHeading } from '../parts/page-heading.tsx';
import { RequireSession } from '../parts/require-session.tsx';
import { isWalletView, walletViews } from '../routes/wallet-search.ts';
import { BalanceCards } from './wallet/balance-cards.tsx';
import { DepositSection } from './wallet/deposit-section.tsx';
import { StatementSection } from './wallet/statement-section.tsx';
import { WithdrawSection } from './wallet/withdraw-section.tsx';

const route = getRouteApi('/wallet');

/** The money of the account: what there is, how it comes and goes, and every entry of it. */
export function WalletPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('moneyPage.title')} subtitle={t('moneyPage.subtitle')} />
      <RequireSession>{(account) => <Wallet account={account} />}</RequireSession>
    </>
  );
}

function Wallet({ account }: { account: Account }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { view = 'history' } = route.useSearch();
  useChannelRefresh('events', ['own']);
  return (
    <Stack gap="lg">
      <BalanceCards account={account} />
      <Tabs
        value={view}
        onChange={(name) => {
          if (isWalletView(name)) void navigate({ to: '/wallet', search: { view: name } });
        }}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {walletViews.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`moneyPage.view.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="history">
          <StatementSection />
        </Tabs.Panel>
        <Tabs.Panel value="deposit">
          <DepositSection account={account} />
        </Tabs.Panel>
        <Tabs.Panel value="withdraw">
          <WithdrawSection account={account} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
