import { IconListDetails } from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

export const jobsItems: readonly NavigationItem[] = [
  { to: '/jobs', label: 'nav.jobs', icon: IconListDetails, group: 'work' },
];
