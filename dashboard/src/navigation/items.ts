import type { AppConfig } from '../config.ts';
import { accountItems } from './account-items.ts';
import { flowsItems } from './flows-items.ts';
import { jobsItems } from './jobs-items.ts';
import { marketItems } from './market-items.ts';
import type { NavigationItem } from './navigation-item.ts';
import { operatorItems } from './operator-items.ts';
import { postingItems } from './posting-items.ts';
import { providerItems } from './provider-items.ts';
import { preferencesItem, settingsItems } from './settings-items.ts';

/** What the navigation of a host leads to; each area lists its own pages. */
export const navigationItems: Record<AppConfig['mode'], readonly NavigationItem[]> = {
  marketplace: [
    ...marketItems,
    ...jobsItems,
    ...postingItems,
    ...flowsItems,
    ...accountItems,
    ...settingsItems,
    ...operatorItems,
  ],
  agent: [...providerItems, preferencesItem],
};
