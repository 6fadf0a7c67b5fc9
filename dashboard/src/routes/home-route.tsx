import { createRoute } from '@tanstack/react-router';
import { areaPage } from './area-page.ts';
import { rootRoute } from './root-route.ts';

const OverviewPage = areaPage(
  ['market', 'jobs'],
  () => import('../pages/overview-page.tsx'),
  'OverviewPage',
);
const AgentPage = areaPage(
  ['provider', 'jobs'],
  () => import('../pages/agent-page.tsx'),
  'AgentPage',
);

function HomePage() {
  const { mode } = rootRoute.useRouteContext();
  return mode === 'agent' ? <AgentPage /> : <OverviewPage />;
}

/** The one address that both hosts have, each with its own page. */
export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: HomePage,
});
