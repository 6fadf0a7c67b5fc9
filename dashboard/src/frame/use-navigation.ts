import { useRouterState } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useApp } from '../app-context.tsx';
import { navigationItems } from '../navigation/items.ts';
import { findActive, groupItems } from '../navigation/navigation-groups.ts';
import { useViewer } from '../viewer/use-viewer.ts';
import { isOperator } from '../viewer/viewer.ts';

/** The navigation of whoever looks, and where in it this page is. */
export function useNavigation() {
  const { mode } = useApp().config;
  const operates = isOperator(useViewer());
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  return useMemo(() => {
    const items = navigationItems[mode];
    return {
      sections: groupItems(items, { isOperator: operates }),
      active: findActive(items, pathname)?.to ?? null,
    };
  }, [mode, operates, pathname]);
}
