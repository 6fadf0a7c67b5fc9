import {
  IconActivityHeartbeat,
  IconAdjustmentsHorizontal,
  IconBuildingStore,
  IconCoins,
  IconCpu2,
  IconFileText,
  IconListDetails,
  IconServer2,
  IconWallet,
} from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

/** All of the agent's host. */
export const providerItems: readonly NavigationItem[] = [
  { to: '/', label: 'nav.agent', icon: IconServer2, group: 'work' },
  { to: '/jobs', label: 'nav.jobs', icon: IconListDetails, group: 'work' },
  { to: '/gpus', label: 'nav.gpus', icon: IconCpu2, group: 'work' },
  { to: '/earnings', label: 'nav.earnings', icon: IconCoins, group: 'money' },
  { to: '/wallet', label: 'nav.wallet', icon: IconWallet, group: 'money' },
  { to: '/marketplace', label: 'nav.marketplace', icon: IconBuildingStore, group: 'market' },
  { to: '/policy', label: 'nav.policy', icon: IconAdjustmentsHorizontal, group: 'settings' },
  { to: '/doctor', label: 'nav.doctor', icon: IconActivityHeartbeat, group: 'settings' },
  { to: '/logs', label: 'nav.agentLog', icon: IconFileText, group: 'settings' },
];
