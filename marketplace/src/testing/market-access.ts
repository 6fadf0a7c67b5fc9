import type { RouteAccess } from './route-access.ts';

const all = { scope: 'all' } as const satisfies RouteAccess;

/** What the market shows to everybody: part of the one table. */
export const marketAccess: Record<string, RouteAccess> = {
  'GET /api/v1/marketplace/agents': all,
  'GET /api/v1/marketplace/agents/:agentId': all,
  'GET /api/v1/marketplace/agents/:agentId/proofs': all,
  'GET /api/v1/marketplace/agents/:agentId/ratings': all,
  'GET /api/v1/marketplace/jobs': all,
  'GET /api/v1/marketplace/offers': all,
  'GET /api/v1/marketplace/overview': all,
  'GET /api/v1/marketplace/prices': all,
  'GET /api/v1/marketplace/prices/:gpu': all,
  'GET /api/v1/marketplace/providers': all,
  'GET /api/v1/marketplace/providers/:provider': all,
};
