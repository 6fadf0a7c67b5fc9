import { agentLogLevels } from '@node3/shared/agent-log-levels';
import { executionStates } from '@node3/shared/execution-state';
import { createRoute } from '@tanstack/react-router';
import { readMarketSearch } from '../pages/market/market-search.ts';
import { areaPage } from './area-page.ts';
import { agentOnly, rootRoute } from './root-route.ts';

const areas = ['provider', 'jobs'] as const;
const getParentRoute = () => rootRoute;
const beforeLoad = agentOnly;

const windows = ['1h', '24h', '30d'] as const;
const oneOf = <const T extends string>(known: readonly T[], value: unknown): T | undefined =>
  known.find((one) => one === value);

export interface WorkSearch {
  state?: (typeof executionStates)[number];
  q?: string;
  cursor?: string;
}

/** Keeps what the agent understands of the address of its history and drops the rest. */
export function readWorkSearch(search: Record<string, unknown>): WorkSearch {
  const state = oneOf(executionStates, search['state']);
  const { cursor, q } = search;
  const isCursor = /^\d{1,15}$/.test(String(cursor));
  return {
    ...(state === undefined ? {} : { state }),
    ...(typeof q === 'string' && q !== '' ? { q: q.slice(0, 128) } : {}),
    ...(isCursor ? { cursor: String(cursor) } : {}),
  };
}

const earningsRoute = createRoute({
  getParentRoute,
  path: '/earnings',
  beforeLoad,
  component: areaPage(areas, () => import('../pages/agent/earnings-page.tsx'), 'EarningsPage'),
});

export const gpusRoute = createRoute({
  getParentRoute,
  path: '/gpus',
  beforeLoad,
  validateSearch: (search: Record<string, unknown>) => {
    const window = oneOf(windows, search['window']);
    return window === undefined ? {} : { window };
  },
  component: areaPage(areas, () => import('../pages/agent/gpus-page.tsx'), 'GpusPage'),
});

const doctorRoute = createRoute({
  getParentRoute,
  path: '/doctor',
  beforeLoad,
  component: areaPage(areas, () => import('../pages/agent/doctor-page.tsx'), 'DoctorPage'),
});

export const logsRoute = createRoute({
  getParentRoute,
  path: '/logs',
  beforeLoad,
  validateSearch: (search: Record<string, unknown>) => {
    const level = oneOf(agentLogLevels, search['level']);
    return level === undefined ? {} : { level };
  },
  component: areaPage(areas, () => import('../pages/agent/log-page.tsx'), 'LogPage'),
});

const policyRoute = createRoute({
  getParentRoute,
  path: '/policy',
  beforeLoad,
  component: areaPage(areas, () => import('../pages/policy-page.tsx'), 'PolicyPage'),
});

const historyRoute = createRoute({
  getParentRoute,
  path: '/jobs',
  validateSearch: readWorkSearch,
  component: areaPage(areas, () => import('../pages/agent/work-page.tsx'), 'WorkPage'),
});

const executionRoute = createRoute({
  getParentRoute,
  path: '/jobs/$executionId',
  component: areaPage(areas, () => import('../pages/agent/execution-page.tsx'), 'ExecutionPage'),
});

const walletRoute = createRoute({
  getParentRoute,
  path: '/wallet',
  component: areaPage(areas, () => import('../pages/agent/wallet-page.tsx'), 'WalletPage'),
});

const marketplaceRoute = createRoute({
  getParentRoute,
  path: '/marketplace',
  validateSearch: readMarketSearch,
  component: areaPage(
    [...areas, 'market'],
    () => import('../pages/market/market-page.tsx'),
    'MarketPage',
  ),
});

export const providerRoutes = [
  earningsRoute,
  gpusRoute,
  doctorRoute,
  logsRoute,
  policyRoute,
] as const;

/** Addresses that the marketplace has too, or may have, with pages and parameters of its own. */
export const providerTwins = [historyRoute, executionRoute, walletRoute, marketplaceRoute] as const;
