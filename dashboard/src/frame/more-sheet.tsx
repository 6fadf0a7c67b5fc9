import { Drawer, Group, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ColorSchemeMenu, LanguageMenu } from './header-menus.tsx';
import { NavigationSections } from './side-navigation.tsx';

/** All pages, and what the header of a phone has no room for. */
export function MoreSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened
      onClose={onClose}
      position="bottom"
      size="85%"
      title={t('nav.more')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack gap="md" pb="md">
        <nav aria-label={t('nav.all')}>
          <NavigationSections onLeave={onClose} />
        </nav>
        <Group gap="xs">
          <LanguageMenu />
          <ColorSchemeMenu />
        </Group>
      </Stack>
    </Drawer>
  );
}
