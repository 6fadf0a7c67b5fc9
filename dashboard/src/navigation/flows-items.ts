import { IconCalendarTime, IconRoute, IconSitemap } from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

export const flowsItems: readonly NavigationItem[] = [
  { to: '/flows', label: 'nav.flows', icon: IconSitemap, group: 'work' },
  { to: '/runs', label: 'nav.runs', icon: IconRoute, group: 'work' },
  { to: '/schedules', label: 'nav.schedules', icon: IconCalendarTime, group: 'work' },
];
