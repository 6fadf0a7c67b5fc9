import type { NavigationItem } from './navigation-item.ts';

export const operatorItems: readonly NavigationItem[] = [];
