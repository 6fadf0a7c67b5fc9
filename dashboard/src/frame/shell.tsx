import { Group, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Link, Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { Keyboard } from '../keyboard/keyboard.tsx';
import { NavigationFocus } from '../parts/navigation-focus.tsx';
import { ClusterBadge } from './cluster-badge.tsx';
import { ConnectionIndicator, OfflineBanner, PageContent } from './connection.tsx';
import { FrameShortcuts } from './frame-shortcuts.tsx';
import { PaletteButton } from './palette/palette-button.tsx';
import { SideNavigation } from './side-navigation.tsx';
import { SwitchBanner } from './switch-banner.tsx';
import { TabBar } from './tab-bar.tsx';
import './frame.css';
import { lazyPart } from '../parts/lazy-part.ts';

/** With the contracts of an agent, which no page of a marketplace needs. */
const AgentLive = lazyPart(async () => (await import('../live/agent-live.tsx')).AgentLive);

/** Tells of jobs while somebody is signed in. */
const JobNotices = lazyPart(async () => (await import('./job-notices.tsx')).JobNotices);

/** Menus take a fifth of what a page loads; the page is there before them. */
const HeaderActions = lazyPart(async () => (await import('./header-actions.tsx')).HeaderActions);

/** The frame of every page: header, navigation (a tab bar on phones) and the page itself. */
export function Shell() {
  const { t } = useTranslation();
  const { config, signedIn } = useApp();
  const phone = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
  return (
    <NavigationFocus>
      <Keyboard>
        <FrameShortcuts />
        {config.mode === 'marketplace' && signedIn && (
          <Suspense fallback={null}>
            <JobNotices />
          </Suspense>
        )}
        {config.mode === 'agent' && (
          <Suspense fallback={null}>
            <AgentLive />
          </Suspense>
        )}
        <a className="skip-link" href="#main">
          {t('shell.skip')}
        </a>
        <div className="shell">
          <header className="shell-header">
            <Header phone={phone} />
          </header>
          {!phone && (
            <nav className="shell-side" aria-label={t('shell.navigation')}>
              <SideNavigation />
            </nav>
          )}
          <main className="shell-main" id="main" tabIndex={-1}>
            <div className="page">
              <OfflineBanner />
              {config.mode === 'marketplace' && <SwitchBanner />}
              <PageContent>
                <Outlet />
              </PageContent>
            </div>
          </main>
          {phone && (
            <footer className="shell-bar">
              <TabBar />
            </footer>
          )}
        </div>
      </Keyboard>
    </NavigationFocus>
  );
}

function Header({ phone }: { phone: boolean }) {
  const { config } = useApp();
  return (
    <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap={8}>
      <Group gap="sm" wrap="nowrap" miw={0}>
        <Brand />
        {config.cluster !== null && <ClusterBadge cluster={config.cluster} />}
      </Group>
      <Group gap={4} wrap="nowrap">
        <PaletteButton />
        <ConnectionIndicator />
        <Suspense fallback={<div className="header-actions-space" />}>
          <HeaderActions phone={phone} />
        </Suspense>
      </Group>
    </Group>
  );
}

function Brand() {
  const { t } = useTranslation();
  return (
    <Link to="/" className="brand-link" aria-label={t('shell.home')}>
      <Group gap={8} wrap="nowrap">
        <img src="/favicon.svg" width={26} height={26} alt="" />
        <Text component="span" fw={700} size="lg" visibleFrom="xs" className="brand">
          node³
        </Text>
      </Group>
    </Link>
  );
}
