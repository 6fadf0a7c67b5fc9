import type { NavigationItem } from './navigation-item.ts';

export const flowsItems: readonly NavigationItem[] = [];
