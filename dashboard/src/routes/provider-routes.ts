import { createRoute } from '@tanstack/react-router';
import { areaPage } from './area-page.ts';
import { agentOnly, rootRoute } from './root-route.ts';

const policyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policy',
  beforeLoad: agentOnly,
  component: areaPage(['provider', 'jobs'], () => import('../pages/policy-page.tsx'), 'PolicyPage'),
});

export const providerRoutes = [policyRoute] as const;
