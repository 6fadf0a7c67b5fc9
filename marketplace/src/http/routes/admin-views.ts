import { addRoute } from '@node3/shared/http/add-route';
import {
  explainAdminJob as explainContract,
  listAdminJobs as listJobsContract,
  listQueue as listQueueContract,
} from '@node3/shared/routes/admin-jobs';
import { getAdminOverview } from '@node3/shared/routes/admin-overview';
import * as deliveries from '@node3/shared/routes/admin-webhooks';
import { getAdminJobMetrics, getJobMetrics } from '@node3/shared/routes/job-metrics';
import { listSwitches, setSwitch as setSwitchContract } from '@node3/shared/routes/switches';
import type { FastifyInstance } from 'fastify';
import {
  listAdminDeliveries,
  readAdminDelivery,
  replayAdminDelivery,
} from '../../services/admin-deliveries.ts';
import { setSwitch, viewSwitches } from '../../services/market-switches.ts';
import { explainAdminJob, listAdminJobs, listQueue } from '../../services/read-admin-jobs.ts';
import { readAdminOverview } from '../../services/read-admin-overview.ts';
import { readJobMetrics } from '../../services/read-job-metrics.ts';
import type { HttpDeps } from '../http-deps.ts';

/** What the operator's pages read beside what others read too, and the switches. */
export function addAdminViewRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, getAdminOverview, { authenticate, handler: () => readAdminOverview(deps) });
  addRoute(app, listJobsContract, {
    authenticate,
    handler: ({ query }) => listAdminJobs(deps, query),
  });
  addRoute(app, listQueueContract, {
    authenticate,
    handler: ({ query }) => listQueue(deps, query),
  });
  addRoute(app, explainContract, {
    authenticate,
    handler: ({ params }) => explainAdminJob(deps, params.jobId),
  });
  addRoute(app, getAdminJobMetrics, {
    authenticate,
    handler: ({ query }) => readJobMetrics(deps, null, query.range ?? '24h'),
  });
  addRoute(app, getJobMetrics, {
    authenticate: deps.auth.requester,
    handler: ({ principal, query }) =>
      readJobMetrics(deps, principal.accountId, query.range ?? '24h'),
  });
  addRoute(app, listSwitches, {
    authenticate: deps.auth.public,
    handler: async () => ({ data: viewSwitches(deps) }),
  });
  addRoute(app, setSwitchContract, {
    authenticate,
    handler: ({ params, body }) => setSwitch(deps, params.name, body),
  });
  addDeliveryRoutes(app, deps);
}

function addDeliveryRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, deliveries.listAdminDeliveries, {
    authenticate,
    handler: ({ query }) => listAdminDeliveries(deps, query),
  });
  addRoute(app, deliveries.getAdminDelivery, {
    authenticate,
    handler: ({ params }) => readAdminDelivery(deps, params.deliveryId),
  });
  addRoute(app, deliveries.replayAdminDelivery, {
    authenticate,
    handler: ({ params }) => replayAdminDelivery(deps, params.deliveryId),
  });
}
