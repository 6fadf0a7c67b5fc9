import { IconChartBar, IconWallet } from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

export const accountItems: readonly NavigationItem[] = [
  { to: '/wallet', label: 'nav.wallet', icon: IconWallet, group: 'money' },
  { to: '/usage', label: 'nav.usage', icon: IconChartBar, group: 'money' },
];
