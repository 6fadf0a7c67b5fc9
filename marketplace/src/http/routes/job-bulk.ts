import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import {
  cancelJobs as cancelJobsContract,
  createJobs,
  rerunJob as rerunJobContract,
} from '@node3/shared/routes/job-bulk';
import type { FastifyInstance } from 'fastify';
import { cancelJobs } from '../../services/cancel-jobs.ts';
import { postCopies, postJobs } from '../../services/post-jobs.ts';
import { readJobDetail } from '../../services/read-job.ts';
import { rerunJob } from '../../services/rerun-job.ts';
import type { HttpDeps } from '../http-deps.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';

export function addJobBulkRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, createJobs, {
    authenticate: deps.auth.requester,
    bodyLimit: limits.batchBodyBytes,
    async handler({ principal, body, request }) {
      const idempotencyKey = readIdempotencyKey(request);
      const { jobs, copies } = body;
      const posting = { ...principal, specs: jobs, idempotencyKey };
      if (copies === undefined) return { data: await postJobs(deps, posting) };
      return postCopies(deps, { ...posting, copies });
    },
  });
  addRoute(app, cancelJobsContract, {
    authenticate: deps.auth.requester,
    handler: ({ principal, body }) => cancelJobs(deps, { ...body, accountId: principal.accountId }),
  });
  addRoute(app, rerunJobContract, {
    authenticate: deps.auth.requester,
    bodyLimit: limits.jobBodyBytes,
    async handler({ principal, params, body, request, reply }) {
      const { job, replayed } = await rerunJob(deps, {
        ...principal,
        jobId: params.jobId,
        changes: body.changes,
        idempotencyKey: readIdempotencyKey(request),
      });
      if (replayed) void reply.header('idempotency-replayed', 'true');
      void reply.header('location', `/api/v1/jobs/${job.jobId}`);
      return readJobDetail(deps, job);
    },
  });
}
