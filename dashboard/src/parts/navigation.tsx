import { Anchor, Stack, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { navigationItems } from '../navigation/items.ts';
import type { NavigationItem } from '../navigation/navigation-item.ts';
import { agentStatusQuery } from '../queries/provider.ts';

function useItems(): readonly NavigationItem[] {
  return navigationItems[useApp().config.mode];
}

function ItemLink({ item, className }: { item: NavigationItem; className: string }) {
  const { t } = useTranslation();
  const Icon = item.icon;
  return (
    <Link to={item.to} className={className} activeOptions={{ exact: true, includeSearch: false }}>
      <Icon size={19} stroke={1.75} aria-hidden />
      <span>{t(item.label)}</span>
    </Link>
  );
}

export function SideNavigation() {
  const { t } = useTranslation();
  const { config } = useApp();
  const items = useItems();
  return (
    <Stack justify="space-between" h="100%">
      <Stack gap={4}>
        {items.map((item) => (
          <ItemLink key={item.to} item={item} className="side-link" />
        ))}
        {config.mode === 'agent' && <MarketplaceLink />}
      </Stack>
      <Stack gap={2} px="xs" pb={4}>
        {config.docsUrl !== null && (
          <Anchor size="sm" href={config.docsUrl}>
            {t('nav.docs')}
          </Anchor>
        )}
        <Text size="xs" c="dimmed">
          {t('shell.version', { version: config.version })}
        </Text>
      </Stack>
    </Stack>
  );
}

function MarketplaceLink() {
  const { t } = useTranslation();
  const { data: status } = useQuery(agentStatusQuery(useApp()));
  if (status === undefined || !/^https?:\/\//.test(status.marketplaceUrl)) return null;
  return (
    <a className="side-link" href={status.marketplaceUrl} rel="noreferrer">
      <IconExternalLink size={19} stroke={1.75} aria-hidden />
      <span>{t('nav.marketplace')}</span>
    </a>
  );
}

export function TabBar() {
  const { t } = useTranslation();
  return (
    <nav className="tab-bar" aria-label={t('shell.navigation')}>
      {useItems().map((item) => (
        <ItemLink key={item.to} item={item} className="tab-link" />
      ))}
    </nav>
  );
}
