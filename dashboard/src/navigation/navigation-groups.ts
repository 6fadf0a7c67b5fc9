import { type NavigationGroup, type NavigationItem, navigationGroups } from './navigation-item.ts';

export interface NavigationSection {
  group: NavigationGroup;
  items: readonly NavigationItem[];
}

/** What somebody may go to, under its headings. The operator's pages are shown to operators only. */
export function groupItems(
  items: readonly NavigationItem[],
  { isOperator }: { isOperator: boolean },
): NavigationSection[] {
  return navigationGroups
    .filter((group) => group !== 'operator' || isOperator)
    .map((group) => ({ group, items: items.filter((item) => item.group === group) }))
    .filter((section) => section.items.length > 0);
}

/** The item that a page belongs to: the one whose address the page's goes on from furthest. */
export function findActive(
  items: readonly NavigationItem[],
  pathname: string,
): NavigationItem | null {
  const leadsTo = ({ to }: NavigationItem) =>
    pathname === to || (to !== '/' && pathname.startsWith(`${to}/`));
  const found = items.filter(leadsTo).toSorted((a, b) => b.to.length - a.to.length);
  return found[0] ?? null;
}
