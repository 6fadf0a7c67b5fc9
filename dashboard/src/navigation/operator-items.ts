import {
  IconActivity,
  IconBell,
  IconBuildingBank,
  IconCalendarTime,
  IconGauge,
  IconHourglass,
  IconListDetails,
  IconPlayerPause,
  IconServer2,
  IconStack2,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react';
import type { NavigationItem } from './navigation-item.ts';

export const operatorItems: readonly NavigationItem[] = [
  { to: '/metrics', label: 'nav.metrics', icon: IconActivity, group: 'work' },
  { to: '/admin', label: 'nav.admin', icon: IconGauge, group: 'operator' },
  { to: '/admin/fleet', label: 'nav.fleet', icon: IconServer2, group: 'operator' },
  { to: '/admin/queue', label: 'nav.queue', icon: IconHourglass, group: 'operator' },
  { to: '/admin/payments', label: 'nav.payments', icon: IconBuildingBank, group: 'operator' },
  { to: '/admin/providers', label: 'nav.adminProviders', icon: IconStack2, group: 'operator' },
  {
    to: '/admin/reservations',
    label: 'nav.reservations',
    icon: IconCalendarTime,
    group: 'operator',
  },
  { to: '/admin/accounts', label: 'nav.accounts', icon: IconUsers, group: 'operator' },
  { to: '/admin/audit', label: 'nav.audit', icon: IconListDetails, group: 'operator' },
  { to: '/admin/webhooks', label: 'nav.adminWebhooks', icon: IconWebhook, group: 'operator' },
  { to: '/admin/alerts', label: 'nav.alerts', icon: IconBell, group: 'operator' },
  { to: '/admin/switches', label: 'nav.switches', icon: IconPlayerPause, group: 'operator' },
];
