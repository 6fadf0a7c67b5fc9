import { IconDevices, IconKey, IconSettings } from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

/** What both hosts have. */
export const preferencesItem: NavigationItem = {
  to: '/settings',
  label: 'nav.settings',
  icon: IconSettings,
  group: 'settings',
};

export const settingsItems: readonly NavigationItem[] = [
  preferencesItem,
  { to: '/settings/keys', label: 'nav.keys', icon: IconKey, group: 'settings' },
  { to: '/settings/sessions', label: 'nav.sessions', icon: IconDevices, group: 'settings' },
];
