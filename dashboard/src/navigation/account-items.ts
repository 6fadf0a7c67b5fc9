import type { NavigationItem } from './navigation-item.ts';

export const accountItems: readonly NavigationItem[] = [];
