import type { TablerIcon } from '@tabler/icons-react';
import type { LinkProps } from '@tanstack/react-router';
import type { en as core } from '../i18n/core/en.ts';

/** Under which heading of the navigation a page stands, in this order. */
export const navigationGroups = ['work', 'money', 'market', 'settings', 'operator'] as const;
export type NavigationGroup = (typeof navigationGroups)[number];

export interface NavigationItem {
  to: NonNullable<LinkProps['to']>;
  /** In `core`, because the frame shows it before the texts of its area are there. */
  label: Extract<keyof typeof core, `nav.${string}`>;
  icon: TablerIcon;
  group: NavigationGroup;
}
