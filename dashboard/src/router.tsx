import { jobStates } from '@node3/shared/job-state';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
} from '@tanstack/react-router';
import type { AppConfig } from './config.ts';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { PageError } from './parts/page-error.tsx';
import { PagePending } from './parts/page-pending.tsx';
import { Shell } from './parts/shell.tsx';

interface RouterContext {
  mode: AppConfig['mode'];
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Shell,
  notFoundComponent: NotFoundPage,
});

const OverviewPage = lazyRouteComponent(() => import('./pages/overview-page.tsx'), 'OverviewPage');
const AgentPage = lazyRouteComponent(() => import('./pages/agent-page.tsx'), 'AgentPage');

function HomePage() {
  const { mode } = rootRoute.useRouteContext();
  return mode === 'agent' ? <AgentPage /> : <OverviewPage />;
}

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: HomePage,
});

/** The agent serves only its own pages; jobs are pages of the marketplace. */
function marketplaceOnly({ context }: { context: RouterContext }) {
  if (context.mode !== 'marketplace') throw notFound();
}

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
  component: lazyRouteComponent(() => import('./pages/jobs-page.tsx'), 'JobsPage'),
});

const newJobRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/new',
  beforeLoad: marketplaceOnly,
  component: lazyRouteComponent(() => import('./pages/new-job-page.tsx'), 'NewJobPage'),
});

const jobRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/$jobId',
  beforeLoad: marketplaceOnly,
  component: lazyRouteComponent(() => import('./pages/job-page.tsx'), 'JobPage'),
});

const policyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policy',
  beforeLoad({ context }) {
    if (context.mode !== 'agent') throw notFound();
  },
  component: lazyRouteComponent(() => import('./pages/policy-page.tsx'), 'PolicyPage'),
});

const routeTree = rootRoute.addChildren([homeRoute, jobsRoute, newJobRoute, jobRoute, policyRoute]);

export function createAppRouter(mode: AppConfig['mode']) {
  return createRouter({
    routeTree,
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
