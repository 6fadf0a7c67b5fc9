import { createRouter } from '@tanstack/react-router';
import type { AppConfig } from './config.ts';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { PageError } from './parts/page-error.tsx';
import { PagePending } from './parts/page-pending.tsx';
import { accountRoutes } from './routes/account-routes.ts';
import { flowsRoutes } from './routes/flows-routes.ts';
import { homeRoute } from './routes/home-route.tsx';
import { jobsRoutes } from './routes/jobs-routes.ts';
import { marketRoutes, publicAgentRoute } from './routes/market-routes.ts';
import { operatorRoutes } from './routes/operator-routes.ts';
import { postingRoutes } from './routes/posting-routes.ts';
import { providerRoutes, providerTwins } from './routes/provider-routes.ts';
import { rootRoute } from './routes/root-route.ts';
import { preferencesRoute, settingsRoutes } from './routes/settings-routes.ts';

/** The pages of the marketplace. */
const marketplacePages = [
  homeRoute,
  ...jobsRoutes,
  ...postingRoutes,
  ...flowsRoutes,
  ...accountRoutes,
  ...settingsRoutes,
  ...marketRoutes,
  ...operatorRoutes,
] as const;

/** For types alone: what any host has. */
function describeTree() {
  return rootRoute.addChildren([...marketplacePages, ...providerRoutes]);
}
type RouteTree = ReturnType<typeof describeTree>;

/** Some addresses lead to one page on the marketplace and to another on the agent. */
function treeOf(mode: AppConfig['mode']): RouteTree {
  const tree =
    mode === 'marketplace'
      ? rootRoute.addChildren([...marketplacePages])
      : rootRoute.addChildren([
          homeRoute,
          publicAgentRoute,
          preferencesRoute,
          ...providerRoutes,
          ...providerTwins,
        ]);
  return tree as unknown as RouteTree;
}

export function createAppRouter(mode: AppConfig['mode']) {
  return createRouter({
    routeTree: treeOf(mode),
    context: { mode },
    defaultPreload: 'intent',
    defaultPendingComponent: PagePending,
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
