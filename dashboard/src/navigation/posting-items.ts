import { IconCode, IconPlus, IconTemplate, IconTextScan2 } from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

export const postingItems: readonly NavigationItem[] = [
  { to: '/jobs/new', label: 'nav.newJob', icon: IconPlus, group: 'work' },
  { to: '/code', label: 'nav.code', icon: IconCode, group: 'work' },
  { to: '/templates', label: 'nav.templates', icon: IconTemplate, group: 'work' },
  { to: '/snippets', label: 'nav.snippets', icon: IconTextScan2, group: 'work' },
];
