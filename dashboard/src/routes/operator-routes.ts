import { createRoute } from '@tanstack/react-router';
import { readFleetSearch } from '../pages/operator/fleet/fleet-search.ts';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';

const fleetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/admin/fleet',
  beforeLoad: marketplaceOnly,
  validateSearch: readFleetSearch,
  component: areaPage(['operator'], () => import('../pages/operator/fleet-page.tsx'), 'FleetPage'),
});

const agentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/admin/fleet/$agentId',
  beforeLoad: marketplaceOnly,
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/agent-detail-page.tsx'),
    'AgentDetailPage',
  ),
});

export const operatorRoutes = [fleetRoute, agentRoute] as const;
