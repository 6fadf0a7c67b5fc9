import { addRoute } from '@node3/shared/http/add-route';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import {
  explainJob as explainJobContract,
  explainSpec as explainSpecContract,
} from '@node3/shared/routes/explain';
import {
  cancelJob as cancelJobContract,
  createJob,
  getJob,
  getJobLogs,
  listJobs as listJobsContract,
} from '@node3/shared/routes/jobs';
import type { FastifyInstance } from 'fastify';
import { cancelJob } from '../../services/cancel-job.ts';
import { explainJob, explainSpec } from '../../services/explain-job.ts';
import { viewLogLine } from '../../services/job-views.ts';
import { postJob } from '../../services/post-job.ts';
import { findJobThatRan, findOwnJob, listJobs, readJobDetail } from '../../services/read-job.ts';
import type { Requester } from '../auth.ts';
import type { HttpDeps } from '../http-deps.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { LogFollowers } from '../log-followers.ts';
import { readQuoteId } from '../quote-id.ts';
import { streamLogs } from '../stream-logs.ts';

export function addJobRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, createJob, {
    authenticate: deps.auth.requester,
    bodyLimit: limits.jobBodyBytes,
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
      return readJobDetail(deps, job);
    },
  });
  addRoute(app, listJobsContract, {
    authenticate: deps.auth.requester,
    handler: ({ principal, query }) => listJobs(deps, { ...query, ...principal }),
  });
  addRoute(app, getJob, {
    authenticate: deps.auth.jobRequester,
    async handler({ principal, params }) {
      return readJobDetail(deps, await findOwnJob(deps, params.jobId, principal.accountId));
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
  addLogRoute(app, deps);
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

function addLogRoute(app: FastifyInstance, deps: HttpDeps): void {
  const followers = new LogFollowers();
  addRoute(app, getJobLogs, {
    authenticate: deps.auth.jobRequester,
    async handler({ principal, params, query, request, reply }) {
      const asked = await findOwnJob(deps, params.jobId, principal.accountId);
      const job = await findJobThatRan(deps, asked);
      const position = {
        jobId: job.jobId,
        afterSeq: query.after ?? 0,
        stream: query.stream ?? null,
      };
      if (request.headers.accept?.includes('application/x-ndjson')) {
        const leave = followers.enter(principal.accountId);
        const held = holdKey(deps, principal);
        try {
          const mode = query.follow === true ? 'follow' : 'once';
          await streamLogs({ ...deps, stopping: held.stopping }, position, mode, reply);
        } finally {
          held.leave();
          leave();
        }
        return { data: [], nextAfter: position.afterSeq, ended: false };
      }
      const limit = query.limit ?? limits.logLinesPerPage;
      const lines = await deps.store.readLogs({ ...position, limit });
      const nextAfter = lines.at(-1)?.seq ?? position.afterSeq;
      const ended = isTerminalJob(job.state) && lines.length < limit;
      return { data: lines.map(viewLogLine), nextAfter, ended };
    },
  });
}

/** A stream ends as when the service stops, when the key that it was opened with ends. */
function holdKey({ keyHolders, stopping }: HttpDeps, { accountId, keyId }: Requester) {
  if (keyId === null) return { stopping, leave: () => undefined };
  const ended = new AbortController();
  const leave = keyHolders.hold(accountId, keyId, () => ended.abort());
  return { stopping: AbortSignal.any([stopping, ended.signal]), leave };
}
