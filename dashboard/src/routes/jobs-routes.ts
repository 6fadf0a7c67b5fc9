import { createRoute } from '@tanstack/react-router';
import { readJobSearch } from '../pages/job/job-tabs.ts';
import { readSharedSearch } from '../pages/job/share/shared-address.ts';
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
  validateSearch: readJobSearch,
  component: areaPage(['jobs'], () => import('../pages/job-page.tsx'), 'JobPage'),
});

const jobLogsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/$jobId/logs',
  beforeLoad: marketplaceOnly,
  component: areaPage(['jobs'], () => import('../pages/job-logs-page.tsx'), 'JobLogsPage'),
});

/** Of links to jobs, which lead here in browsers. */
const sharedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/s/$linkId',
  beforeLoad: marketplaceOnly,
  validateSearch: readSharedSearch,
  component: areaPage(['jobs'], () => import('../pages/shared-job-page.tsx'), 'SharedJobPage'),
});

export const jobsRoutes = [jobsRoute, jobRoute, jobLogsRoute, sharedRoute] as const;
