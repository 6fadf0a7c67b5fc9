import { type IdKind, idPattern } from '@node3/shared/ids';
import { createRoute, redirect } from '@tanstack/react-router';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';

/** Texts that the form and what it shows of a job need. */
const formTexts = ['work', 'jobs'] as const;

export interface NewJobSearch {
  /** The job that is to be run again with changes. */
  from?: string;
  template?: string;
  snippet?: string;
}

const startKinds = {
  from: 'job',
  template: 'template',
  snippet: 'snippet',
} as const satisfies Record<keyof NewJobSearch, IdKind>;

function readNewJobSearch(search: Record<string, unknown>): NewJobSearch {
  const found = Object.entries(startKinds).find(([name, kind]) => {
    const value = search[name];
    return typeof value === 'string' && new RegExp(idPattern(kind)).test(value);
  });
  return found === undefined ? {} : { [found[0]]: String(search[found[0]]) };
}

const newJobRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/new',
  beforeLoad: marketplaceOnly,
  validateSearch: readNewJobSearch,
  component: areaPage(formTexts, () => import('../pages/work/new-job-page.tsx'), 'NewJobPage'),
});

/** The address that the first seed's form has. */
const computeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/dashboard/compute/new',
  validateSearch: readNewJobSearch,
  beforeLoad({ search }) {
    throw redirect({ to: '/jobs/new', search, replace: true });
  },
});

const codeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/code',
  beforeLoad: marketplaceOnly,
  component: areaPage(formTexts, () => import('../pages/work/code-page.tsx'), 'CodePage'),
});

export const workRoutes = [newJobRoute, computeRoute, codeRoute] as const;
