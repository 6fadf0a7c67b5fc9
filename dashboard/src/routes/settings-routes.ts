import { createRoute } from '@tanstack/react-router';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';

/** Both hosts have it: what it changes stays in the browser. */
export const preferencesRoute = createRoute({
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

/** Where programs on other devices send people to; its name is the RFC's. */
const deviceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/device',
  beforeLoad: marketplaceOnly,
  validateSearch: ({ user_code: code }: Record<string, unknown>): { user_code?: string } =>
    typeof code === 'string' && code !== '' && code.length <= 9 ? { user_code: code } : {},
  component: areaPage(['account'], () => import('../pages/device-page.tsx'), 'DevicePage'),
});

export const settingsRoutes = [preferencesRoute, keysRoute, sessionsRoute, deviceRoute] as const;
