import { createRoute } from '@tanstack/react-router';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';

const newJobRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/new',
  beforeLoad: marketplaceOnly,
  component: areaPage(['work', 'jobs'], () => import('../pages/new-job-page.tsx'), 'NewJobPage'),
});

export const workRoutes = [newJobRoute] as const;
