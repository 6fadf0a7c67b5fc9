import { createRoute, redirect } from '@tanstack/react-router';
import {
  readNewJobSearch,
  readSnippetsSearch,
  readTemplateSearch,
  readTemplatesSearch,
} from '../pages/posting/work-search.ts';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';

/** Texts that the form and what it shows of a job need. */
const formTexts = ['posting', 'jobs'] as const;

const newJobRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/new',
  beforeLoad: marketplaceOnly,
  validateSearch: readNewJobSearch,
  component: areaPage(formTexts, () => import('../pages/posting/new-job-page.tsx'), 'NewJobPage'),
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
  component: areaPage(formTexts, () => import('../pages/posting/code-page.tsx'), 'CodePage'),
});

const importRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/import',
  beforeLoad: marketplaceOnly,
  component: areaPage(
    formTexts,
    () => import('../pages/posting/import/import-page.tsx'),
    'ImportPage',
  ),
});

const templatesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/templates',
  beforeLoad: marketplaceOnly,
  validateSearch: readTemplatesSearch,
  component: areaPage(
    ['posting'],
    () => import('../pages/posting/templates/templates-page.tsx'),
    'TemplatesPage',
  ),
});

const templateRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/templates/$templateId',
  beforeLoad: marketplaceOnly,
  validateSearch: readTemplateSearch,
  component: areaPage(
    ['posting'],
    () => import('../pages/posting/templates/template-page.tsx'),
    'TemplatePage',
  ),
});

const snippetsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/snippets',
  beforeLoad: marketplaceOnly,
  validateSearch: readSnippetsSearch,
  component: areaPage(
    ['posting'],
    () => import('../pages/posting/snippets/snippets-page.tsx'),
    'SnippetsPage',
  ),
});

const snippetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/snippets/$snippetId',
  beforeLoad: marketplaceOnly,
  component: areaPage(
    ['posting'],
    () => import('../pages/posting/snippets/snippet-page.tsx'),
    'SnippetPage',
  ),
});

export const postingRoutes = [
  newJobRoute,
  computeRoute,
  codeRoute,
  importRoute,
  templatesRoute,
  templateRoute,
  snippetsRoute,
  snippetRoute,
] as const;
