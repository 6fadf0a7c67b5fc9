import { IconCode, IconPlus } from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

export const workItems: readonly NavigationItem[] = [
  { to: '/jobs/new', label: 'nav.newJob', icon: IconPlus, group: 'work' },
  { to: '/code', label: 'nav.code', icon: IconCode, group: 'work' },
];
