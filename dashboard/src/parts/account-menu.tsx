import { Button, Menu, Text } from '@mantine/core';
import { IconLogout, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { shorten, shownAssets } from '../format.ts';
import { useFormat } from '../i18n/use-format.ts';
import { accountQuery } from '../queries/account.ts';
import { useSignOut } from '../viewer/use-sign-out.ts';

/** Who is signed in and what they can spend; nothing when nobody is. */
export function AccountMenu() {
  const { t } = useTranslation();
  const app = useApp();
  const format = useFormat();
  const signOut = useSignOut();
  const { data: account } = useQuery({ ...accountQuery(app), refetchInterval: 30_000 });
  if (!app.signedIn) return null;
  const available = account && {
    SOL: account.balances.SOL.available,
    USDC: account.balances.USDC.available,
  };
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconUser size={15} aria-hidden />}>
          <span className={available === undefined ? '' : 'visually-hidden'}>
            {t('account.menu')}{' '}
          </span>
          {available !== undefined && (
            <span className="account-text">
              {shownAssets(available).map(format.money).join(' · ')}
            </span>
          )}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {account !== undefined && (
          <Menu.Label>
            <Text size="sm" fw={600}>
              {account.name ?? shorten(account.accountId)}
            </Text>
            <Text size="xs">{account.wallet === null ? '' : shorten(account.wallet, 6, 6)}</Text>
          </Menu.Label>
        )}
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => void signOut()}
        >
          {t('account.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
