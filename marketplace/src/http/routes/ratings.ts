import { addRoute } from '@node3/shared/http/add-route';
import { listRatings as listContract, rateJob as rateContract } from '@node3/shared/routes/ratings';
import type { FastifyInstance } from 'fastify';
import { listRatings, rateJob } from '../../services/rate-job.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addRatingRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, rateContract, {
    authenticate: deps.auth.jobRequester,
    handler: ({ principal, params, body }) =>
      rateJob(deps, principal.accountId, params.jobId, body),
  });
  addRoute(app, listContract, {
    authenticate: deps.auth.public,
    handler: ({ params }) => listRatings(deps, params.agentId),
  });
}
