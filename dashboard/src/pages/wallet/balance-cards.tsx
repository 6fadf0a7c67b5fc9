import { Text } from '@mantine/core';
import { type Asset, assets } from '@node3/shared/money';
import type { Account } from '@node3/shared/routes/accounts';
import { IconCoins, IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isZeroMoney } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { StatCard } from '../../parts/stat-card.tsx';
import { openStates } from './open-jobs.ts';

/** What can be spent and what is held, by asset. What is held leads to the jobs that hold it. */
export function BalanceCards({ account }: { account: Account }) {
  const { t } = useTranslation();
  return (
    <ul className="stat-grid plain-list" aria-label={t('moneyPage.balances')}>
      {assets.map((asset) => (
        <AssetCards key={asset} asset={asset} balance={account.balances[asset]} />
      ))}
    </ul>
  );
}

function AssetCards({ asset, balance }: { asset: Asset; balance: Account['balances'][Asset] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { available, held } = balance;
  const jobs = `/jobs?${new URLSearchParams({ state: openStates }).toString()}`;
  return (
    <>
      <StatCard
        label={t('moneyPage.available', { asset })}
        icon={IconCoins}
        value={
          <span className="stat-money" data-testid={`available-${asset}`}>
            {format.money(available)}
          </span>
        }
        note={t('moneyPage.availableNote')}
      />
      <StatCard
        label={t('moneyPage.held', { asset })}
        icon={IconLock}
        value={<span className="stat-money">{format.money(held)}</span>}
        note={
          <Text component="span" inherit>
            {t(isZeroMoney(held) ? 'moneyPage.heldNone' : 'moneyPage.heldNote')}
          </Text>
        }
        {...(isZeroMoney(held) ? {} : { href: jobs })}
      />
    </>
  );
}
