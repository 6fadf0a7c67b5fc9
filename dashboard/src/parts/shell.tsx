import { Anchor, AppShell, Group, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { FrameShortcuts } from '../keyboard/frame-shortcuts.tsx';
import { Keyboard } from '../keyboard/keyboard.tsx';
import { AccountMenu } from './account-menu.tsx';
import { ClusterBadge } from './cluster-badge.tsx';
import { ConnectionIndicator, OfflineBanner } from './connection.tsx';
import { ColorSchemeMenu, LanguageMenu } from './header-menus.tsx';
import { SideNavigation, TabBar } from './navigation.tsx';
import { NavigationFocus } from './navigation-focus.tsx';

/** The frame of every page: header, navigation (a tab bar on phones) and the page itself. */
export function Shell() {
  const { t } = useTranslation();
  const { config } = useApp();
  const phone = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
  return (
    <NavigationFocus>
      <Keyboard>
        <FrameShortcuts />
        <a className="skip-link" href="#main">
          {t('shell.skip')}
        </a>
        <AppShell
          header={{ height: 56 }}
          navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: true } }}
          footer={{ height: 60, collapsed: !phone }}
          padding={{ base: 'md', sm: 'xl' }}
        >
          <AppShell.Header className="shell-header">
            <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
              <Group gap="sm" wrap="nowrap">
                <Brand />
                {config.cluster !== null && <ClusterBadge cluster={config.cluster} />}
              </Group>
              <Group gap={4} wrap="nowrap">
                <ConnectionIndicator />
                <LanguageMenu />
                <ColorSchemeMenu />
                {config.mode === 'marketplace' && <AccountMenu />}
              </Group>
            </Group>
          </AppShell.Header>
          {!phone && (
            <AppShell.Navbar p="sm" aria-label={t('shell.navigation')}>
              <SideNavigation />
            </AppShell.Navbar>
          )}
          <AppShell.Main id="main" tabIndex={-1}>
            <div className="page">
              <OfflineBanner />
              <Outlet />
            </div>
          </AppShell.Main>
          {phone && (
            <AppShell.Footer>
              <TabBar />
            </AppShell.Footer>
          )}
        </AppShell>
      </Keyboard>
    </NavigationFocus>
  );
}

function Brand() {
  const { t } = useTranslation();
  return (
    <Anchor href="/" underline="never" c="inherit" aria-label={t('shell.home')}>
      <Group gap={8} wrap="nowrap">
        <img src="/favicon.svg" width={26} height={26} alt="" />
        <Text component="span" fw={700} size="lg" visibleFrom="xs" className="brand">
          node³
        </Text>
      </Group>
    </Anchor>
  );
}
