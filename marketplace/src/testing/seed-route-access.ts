import type { RouteAccess } from './route-access.ts';

const all = { scope: 'all' } as const satisfies RouteAccess;
const caller = { scope: 'caller' } as const satisfies RouteAccess;
const payable = { ...all, keyOptional: true } as const satisfies RouteAccess;
const job = {
  scope: 'owned',
  owned: 'job',
  absent: 'JOB_NOT_FOUND',
} as const satisfies RouteAccess;
const tokenJob = { ...job, jobToken: true } as const satisfies RouteAccess;
/** The node3 seed says 403 there, and its agents read that. */
const seedJob = {
  scope: 'owned',
  owned: 'seed job',
  absent: 'AUTH_FORBIDDEN',
  onBoard: true,
} as const satisfies RouteAccess;

/** The endpoints of the seeds. */
export const seedAccess: Readonly<Record<string, RouteAccess>> = {
  'POST /execute': payable,
  'POST /execute/async': payable,
  'POST /run': payable,
  'POST /a2a/message': payable,
  'GET /status/:jobId': tokenJob,
  'GET /job/:jobId': tokenJob,
  'POST /store': caller,
  'POST /cache': caller,
  'POST /quote/run': all,
  'POST /quote/store': all,
  'POST /quote/cache': all,
  'POST /quote/best': all,
  'POST /v2/quote/run': all,
  'POST /v2/quote/store': all,
  'POST /v2/quote/cache': all,
  'POST /v2/quote/best': all,
  'GET /providers': all,
  'GET /jobs': caller,
  'GET /jobs/:jobId': tokenJob,
  'DELETE /jobs/:jobId': tokenJob,
  'POST /api/agents/register': all,
  'GET /api/marketplace/agents': all,
  'GET /api/jobs': all,
  'GET /api/marketplace/jobs': all,
  'GET /api/status': all,
  'POST /api/agents/heartbeat': caller,
  // Open jobs are on the board, for every agent to take.
  'POST /api/jobs/available': all,
  'POST /api/jobs/:jobId/accept': all,
  'POST /api/jobs/:jobId/start': seedJob,
  'POST /api/jobs/:jobId/progress': seedJob,
  'POST /api/jobs/:jobId/complete': seedJob,
  'POST /api/jobs/:jobId/fail': seedJob,
  'POST /api/admin/jobs/create': all,
  'POST /api/marketplace/fund': all,
  'GET /api/marketplace/info': all,
  'GET /api/admin/load-balancer': all,
  'GET /api/payments/history': all,
  'GET /api/admin/stats': all,
  'GET /api/v1/agent/alive': all,
  'GET /api/v1/agent/version': all,
  'GET /api/v1/agent/authconfig': all,
  'GET /api/v1/agent/node': all,
  'GET /api/v1/agent/config': all,
  'GET /api/v1/agent/debug': all,
  'PUT /api/v1/orchestrator/jobs': caller,
  'POST /api/v1/orchestrator/jobs': caller,
  'PUT /api/v1/orchestrator/jobs/diff': caller,
  'GET /api/v1/orchestrator/jobs': caller,
  'GET /api/v1/orchestrator/jobs/:jobId': job,
  'DELETE /api/v1/orchestrator/jobs/:jobId': job,
  'GET /api/v1/orchestrator/jobs/:jobId/history': job,
  'GET /api/v1/orchestrator/jobs/:jobId/executions': job,
  'GET /api/v1/orchestrator/jobs/:jobId/versions': job,
  'GET /api/v1/orchestrator/jobs/:jobId/results': job,
  'PUT /api/v1/orchestrator/jobs/:jobId/rerun': job,
  'GET /api/v1/orchestrator/nodes': all,
  'GET /api/v1/orchestrator/nodes/:nodeId': all,
  'PUT /api/v1/orchestrator/nodes/:nodeId': all,
};
