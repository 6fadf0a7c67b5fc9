import { IconBuildingStore } from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

export const marketItems: readonly NavigationItem[] = [
  { to: '/', label: 'nav.overview', icon: IconBuildingStore, group: 'work' },
];
