import { jobStates } from '@node3/shared/job-state';
import { createRoute } from '@tanstack/react-router';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';

export interface JobsSearch {
  state?: string;
  cursor?: string;
}

/** Keeps what the API understands of the address and drops the rest. */
export function readJobsSearch(search: Record<string, unknown>): JobsSearch {
  const { state, cursor } = search;
  const states = typeof state === 'string' ? state.split(',') : [];
  const known = states.filter((name) => jobStates.some((jobState) => jobState === name));
  return {
    ...(known.length > 0 ? { state: known.join(',') } : {}),
    ...(typeof cursor === 'string' && cursor.length <= 64 && cursor !== '' ? { cursor } : {}),
  };
}

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
