import { Button, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconDevices,
  IconKey,
  IconLogin,
  IconLogout,
  IconSettings,
  IconUser,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { shorten, shownAssets } from '../format.ts';
import { useFormat } from '../i18n/use-format.ts';
import { useChannelRefresh } from '../live/use-stream.ts';
import { lazyPart } from '../parts/lazy-part.ts';
import { accountKey } from '../queries/account.ts';
import { useSignOut } from '../viewer/use-sign-out.ts';
import { useViewer } from '../viewer/use-viewer.ts';
import type { OwnAccount, SignedInViewer } from '../viewer/viewer.ts';

/** Who is signed in and what they can spend, or the way in. */
export function AccountMenu() {
  const { t } = useTranslation();
  const viewer = useViewer();
  if (viewer.state === 'signedIn') return <OwnMenu viewer={viewer} />;
  if (viewer.state === 'signedOut') return <SignInButton />;
  return (
    <Button variant="default" size="xs" loading aria-label={t('state.loading')}>
      {t('account.menu')}
    </Button>
  );
}

const SignInDialog = lazyPart(async () => (await import('./sign-in-dialog.tsx')).SignInDialog);

function SignInButton() {
  const { t } = useTranslation();
  const { signedIn } = useApp();
  const [opened, { open, close }] = useDisclosure(false);
  useEffect(() => {
    if (signedIn) close();
  }, [signedIn, close]);
  return (
    <>
      <Button
        size="xs"
        className="sign-in-button"
        leftSection={<IconLogin size={15} aria-hidden />}
        onClick={open}
      >
        {t('signIn.title')}
      </Button>
      {opened && (
        <Suspense fallback={null}>
          <SignInDialog onClose={close} />
        </Suspense>
      )}
    </>
  );
}

const links = [
  { to: '/settings', label: 'nav.settings', icon: IconSettings },
  { to: '/settings/keys', label: 'nav.keys', icon: IconKey },
  { to: '/settings/sessions', label: 'nav.sessions', icon: IconDevices },
] as const;

function OwnMenu({ viewer }: { viewer: SignedInViewer }) {
  const { t } = useTranslation();
  const { session } = useApp();
  const signOut = useSignOut();
  const { account, by } = viewer;
  const walletName = session.walletSession()?.walletName ?? null;
  // Money moves without this page too: by a schedule, a terminal, a refund.
  useChannelRefresh('events', accountKey, 1_000);
  return (
    <Menu position="bottom-end" width={264}>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          className="account-button"
          leftSection={<IconUser size={15} aria-hidden />}
        >
          <span className="visually-hidden">{t('account.menu')} </span>
          <span className="account-text">
            <Available account={account} />
          </span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="account-summary">
          <Text size="sm" fw={600} truncate>
            {account.name ?? shorten(account.accountId, 10, 5)}
          </Text>
          <Text size="xs" c="dimmed">
            {account.wallet === null ? t('account.noWallet') : shorten(account.wallet, 6, 6)}
          </Text>
          <Text size="xs" c="dimmed">
            {by === 'session' && walletName !== null
              ? t('account.byWallet', { wallet: walletName })
              : t('account.byKey')}
          </Text>
          <Balances account={account} />
        </div>
        <Menu.Divider />
        {links.map(({ to, label, icon: Icon }) => (
          <Menu.Item
            key={to}
            leftSection={<Icon size={16} aria-hidden />}
            renderRoot={(props) => <Link to={to} {...props} />}
          >
            {t(label)}
          </Menu.Item>
        ))}
        <Menu.Divider />
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

function Available({ account }: { account: OwnAccount }) {
  const format = useFormat();
  const { SOL, USDC } = account.balances;
  const shown = shownAssets({ SOL: SOL.available, USDC: USDC.available });
  return shown.map(format.money).join(' · ');
}

function Balances({ account }: { account: OwnAccount }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { SOL, USDC } = account.balances;
  return (
    <dl className="account-balances">
      {([SOL, USDC] as const).map(({ available, held }) => (
        <div key={available.asset}>
          <dt>{available.asset}</dt>
          <dd>
            {format.money(available)}
            <span className="account-held">{t('account.held', { money: format.money(held) })}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
