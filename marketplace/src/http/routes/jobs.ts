import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import {
  explainJob as explainJobContract,
  explainSpec as explainSpecContract,
} from '@node3/shared/routes/explain';
import {
  cancelJob as cancelJobContract,
  createJob,
  getJob,
  listJobs as listJobsContract,
} from '@node3/shared/routes/jobs';
import type { FastifyInstance } from 'fastify';
import { cancelJob } from '../../services/cancel-job.ts';
import { explainJob, explainSpec } from '../../services/explain-job.ts';
import { listJobs } from '../../services/list-jobs.ts';
import { postJob } from '../../services/post-job.ts';
import { findOwnJob, readJobDetail } from '../../services/read-job.ts';
import { answerJob, jobTag } from '../answer-job.ts';
import { refuseHodeiJob } from '../facades/hodei/refuse-hodei-job.ts';
import type { HttpDeps } from '../http-deps.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { linkNext } from '../link-next.ts';
import { readQuoteId } from '../quote-id.ts';
import { Waiters } from '../waiters.ts';

export function addJobRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const waiters = new Waiters({ each: limits.jobWaitersPerAccount, all: limits.jobWaitersMax });
  addRoute(app, createJob, {
    authenticate: deps.auth.requester,
    bodyLimit: limits.jobBodyBytes,
    beforeChecks: refuseHodeiJob,
    async handler({ principal, body, request, reply }) {
      const idempotencyKey = readIdempotencyKey(request);
      const { job, replayed } = await postJob(deps, {
        ...principal,
        spec: body,
        idempotencyKey,
        quoteId: readQuoteId(request),
      });
      if (replayed) void reply.header('idempotency-replayed', 'true');
      void reply.header('location', `/api/v1/jobs/${job.jobId}`);
      return answerJob(deps, waiters, job, { principal, request, reply, isPosting: true });
    },
  });
  addRoute(app, listJobsContract, {
    authenticate: deps.auth.requester,
    async handler({ principal, query, request, reply }) {
      const page = await listJobs(deps, principal.accountId, query);
      linkNext(reply, request.url, page.nextCursor);
      return page;
    },
  });
  addRoute(app, getJob, {
    authenticate: deps.auth.jobRequester,
    async handler({ principal, params, query, request, reply }) {
      const job = await findOwnJob(deps, params.jobId, principal.accountId);
      const call = { principal, request, reply, ...query };
      const detail = await answerJob(deps, waiters, job, call);
      void reply.header('etag', jobTag(detail));
      return detail;
    },
  });
  addRoute(app, cancelJobContract, {
    authenticate: deps.auth.jobRequester,
    async handler({ principal, params }) {
      await findOwnJob(deps, params.jobId, principal.accountId);
      return readJobDetail(deps, await cancelJob(deps, params.jobId, 'requester'));
    },
  });
  addExplainRoutes(app, deps);
}

function addExplainRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, explainSpecContract, {
    authenticate: deps.auth.requester,
    bodyLimit: limits.jobBodyBytes,
    async handler({ principal, body }) {
      return explainSpec(deps, body, principal.accountId);
    },
  });
  addRoute(app, explainJobContract, {
    authenticate: deps.auth.jobRequester,
    async handler({ principal, params }) {
      return explainJob(deps, await findOwnJob(deps, params.jobId, principal.accountId));
    },
  });
}
