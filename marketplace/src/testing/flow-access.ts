import type { RouteAccess } from './route-access.ts';

const caller = { scope: 'caller' } as const satisfies RouteAccess;
const flow = { scope: 'owned', owned: 'flow', absent: 'FLOW_NOT_FOUND' } as const;
const run = { scope: 'owned', owned: 'flow run', absent: 'RUN_NOT_FOUND' } as const;

/** A part of the table in `route-access.ts`, which would be too long. */
export const flowAccess: Record<string, RouteAccess> = {
  'POST /api/v1/flows': caller,
  'GET /api/v1/flows': caller,
  'GET /api/v1/flows/:flowId': flow,
  'PUT /api/v1/flows/:flowId': flow,
  'DELETE /api/v1/flows/:flowId': flow,
  'POST /api/v1/runs': caller,
  'POST /api/v1/runs/test': caller,
  'GET /api/v1/runs': caller,
  'GET /api/v1/runs/:runId': run,
  'GET /api/v1/runs/:runId/cost': run,
  'GET /api/v1/runs/:runId/graph': run,
  'POST /api/v1/runs/:runId/cancel': run,
  'POST /api/v1/runs/:runId/rerun': run,
};
