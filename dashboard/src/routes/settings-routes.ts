import { createRoute } from '@tanstack/react-router';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';

/** Both hosts have it: what it changes stays in the browser. */
const preferencesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings',
  component: areaPage(
    ['account'],
    () => import('../pages/settings/preferences-page.tsx'),
    'PreferencesPage',
  ),
});

const keysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/keys',
  beforeLoad: marketplaceOnly,
  component: areaPage(['account'], () => import('../pages/settings/keys-page.tsx'), 'KeysPage'),
});

const sessionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/sessions',
  beforeLoad: marketplaceOnly,
  component: areaPage(
    ['account'],
    () => import('../pages/settings/sessions-page.tsx'),
    'SessionsPage',
  ),
});

export const settingsRoutes = [preferencesRoute, keysRoute, sessionsRoute] as const;
