import { createRoute } from '@tanstack/react-router';
import { readJobsSearch } from '../pages/jobs/jobs-search.ts';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';

const jobsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs',
  beforeLoad: marketplaceOnly,
  validateSearch: readJobsSearch,
  component: areaPage(['jobs'], () => import('../pages/jobs-page.tsx'), 'JobsPage'),
});

const jobRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/$jobId',
  beforeLoad: marketplaceOnly,
  component: areaPage(['jobs'], () => import('../pages/job-page.tsx'), 'JobPage'),
});

export const jobsRoutes = [jobsRoute, jobRoute] as const;
