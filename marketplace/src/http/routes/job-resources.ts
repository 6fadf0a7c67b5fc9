import { addRoute } from '@node3/shared/http/add-route';
import { getJobResources } from '@node3/shared/routes/job-resources';
import type { FastifyInstance } from 'fastify';
import { findJobThatRan, findOwnJob } from '../../services/read-job.ts';
import { readJobResources } from '../../services/read-job-resources.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addJobResourceRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, getJobResources, {
    authenticate: deps.auth.jobRequester,
    async handler({ principal, params, query }) {
      const job = await findOwnJob(deps, params.jobId, principal.accountId);
      const ran = await findJobThatRan(deps, job);
      const resources = await readJobResources(deps, ran, query.attempt ?? null);
      return { ...resources, jobId: job.jobId };
    },
  });
}
