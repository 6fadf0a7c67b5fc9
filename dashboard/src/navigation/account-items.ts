import { IconChartBar, IconReceipt2, IconWallet, IconWebhook } from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

export const accountItems: readonly NavigationItem[] = [
  { to: '/wallet', label: 'nav.wallet', icon: IconWallet, group: 'money' },
  { to: '/usage', label: 'nav.usage', icon: IconChartBar, group: 'money' },
  { to: '/receipts', label: 'nav.receipts', icon: IconReceipt2, group: 'money' },
  { to: '/webhooks', label: 'nav.webhooks', icon: IconWebhook, group: 'settings' },
];
