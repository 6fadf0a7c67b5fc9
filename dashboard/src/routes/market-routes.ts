import { createRoute } from '@tanstack/react-router';
import { readMarketSearch } from '../pages/market/market-search.ts';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';

const marketRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/marketplace',
  beforeLoad: marketplaceOnly,
  validateSearch: readMarketSearch,
  component: areaPage(
    ['market', 'jobs'],
    () => import('../pages/market/market-page.tsx'),
    'MarketPage',
  ),
});

/** On both hosts: the agent passes on what the page asks. */
export const publicAgentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/agents/$agentId',
  component: areaPage(
    ['market', 'jobs'],
    () => import('../pages/market/public-agent-page.tsx'),
    'PublicAgentPage',
  ),
});

const providersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/providers',
  beforeLoad: marketplaceOnly,
  component: areaPage(
    ['market'],
    () => import('../pages/providers/providers-page.tsx'),
    'ProvidersPage',
  ),
});

const enrolRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/providers/new',
  beforeLoad: marketplaceOnly,
  component: areaPage(['market'], () => import('../pages/providers/enrol-page.tsx'), 'EnrolPage'),
});

const providerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/providers/$provider',
  beforeLoad: marketplaceOnly,
  component: areaPage(
    ['market', 'jobs'],
    () => import('../pages/providers/provider-page.tsx'),
    'ProviderPage',
  ),
});

export const marketRoutes = [
  marketRoute,
  publicAgentRoute,
  providersRoute,
  enrolRoute,
  providerRoute,
] as const;
