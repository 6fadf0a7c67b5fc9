import { IconBuildingStore, IconHome2, IconServer2 } from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

export const marketItems: readonly NavigationItem[] = [
  { to: '/', label: 'nav.overview', icon: IconHome2, group: 'work' },
  { to: '/marketplace', label: 'nav.marketplace', icon: IconBuildingStore, group: 'market' },
  { to: '/providers', label: 'nav.providers', icon: IconServer2, group: 'market' },
];
