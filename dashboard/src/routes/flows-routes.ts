import { type FlowRunState, flowRunStates } from '@node3/shared/flow-state';
import { createRoute } from '@tanstack/react-router';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';

const idChars = 64;

/** What an address may say of a list or a step, and nothing else. */
function readText(search: Record<string, unknown>, name: string): string | undefined {
  const value = search[name];
  return typeof value === 'string' && value !== '' && value.length <= idChars ? value : undefined;
}

interface CursorSearch {
  cursor?: string;
}

function readCursor(search: Record<string, unknown>): CursorSearch {
  const cursor = readText(search, 'cursor');
  return cursor === undefined ? {} : { cursor };
}

interface RunsSearch extends CursorSearch {
  status?: FlowRunState;
  flowId?: string;
}

export function readRunsSearch(search: Record<string, unknown>): RunsSearch {
  const status = flowRunStates.find((state) => state === search['status']);
  const flowId = readText(search, 'flowId');
  return {
    ...readCursor(search),
    ...(status === undefined ? {} : { status }),
    ...(flowId === undefined ? {} : { flowId }),
  };
}

const onMarketplace = { getParentRoute: () => rootRoute, beforeLoad: marketplaceOnly } as const;
const areas = ['flows', 'jobs'] as const;

const flowsRoute = createRoute({
  ...onMarketplace,
  path: '/flows',
  validateSearch: readCursor,
  component: areaPage(areas, () => import('../pages/flows/flows-page.tsx'), 'FlowsPage'),
});

const newFlowRoute = createRoute({
  ...onMarketplace,
  path: '/flows/new',
  component: areaPage(areas, () => import('../pages/flows/new-flow-page.tsx'), 'NewFlowPage'),
});

const flowRoute = createRoute({
  ...onMarketplace,
  path: '/flows/$flowId',
  validateSearch(search: Record<string, unknown>): { version?: number } {
    const version = Number(search['version']);
    return Number.isSafeInteger(version) && version > 0 ? { version } : {};
  },
  component: areaPage(areas, () => import('../pages/flows/flow-page.tsx'), 'FlowPage'),
});

const runsRoute = createRoute({
  ...onMarketplace,
  path: '/runs',
  validateSearch: readRunsSearch,
  component: areaPage(areas, () => import('../pages/flows/runs-page.tsx'), 'RunsPage'),
});

const runRoute = createRoute({
  ...onMarketplace,
  path: '/runs/$runId',
  validateSearch(search: Record<string, unknown>): { step?: string } {
    const step = readText(search, 'step');
    return step === undefined ? {} : { step };
  },
  component: areaPage(areas, () => import('../pages/flows/run-page.tsx'), 'RunPage'),
});

const schedulesRoute = createRoute({
  ...onMarketplace,
  path: '/schedules',
  validateSearch: readCursor,
  component: areaPage(
    areas,
    () => import('../pages/schedules/schedules-page.tsx'),
    'SchedulesPage',
  ),
});

const newScheduleRoute = createRoute({
  ...onMarketplace,
  path: '/schedules/new',
  component: areaPage(
    areas,
    () => import('../pages/schedules/new-schedule-page.tsx'),
    'NewSchedulePage',
  ),
});

const scheduleRoute = createRoute({
  ...onMarketplace,
  path: '/schedules/$scheduleId',
  component: areaPage(areas, () => import('../pages/schedules/schedule-page.tsx'), 'SchedulePage'),
});

export const flowsRoutes = [
  flowsRoute,
  newFlowRoute,
  flowRoute,
  runsRoute,
  runRoute,
  schedulesRoute,
  newScheduleRoute,
  scheduleRoute,
] as const;
