import { IconAdjustmentsHorizontal, IconServer2 } from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

/** All of the agent's host. */
export const providerItems: readonly NavigationItem[] = [
  { to: '/', label: 'nav.agent', icon: IconServer2, group: 'work' },
  { to: '/policy', label: 'nav.policy', icon: IconAdjustmentsHorizontal, group: 'work' },
];
