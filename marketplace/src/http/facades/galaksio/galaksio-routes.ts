import { addRoute } from '@node3/shared/http/add-route';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import {
  cancelExecution,
  type ExecutionStatus,
  execute,
  executeAsync,
  getExecution,
  listExecutions,
} from '@node3/shared/routes/galaksio';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readJobOutput } from '../../../services/await-job.ts';
import { cancelJob } from '../../../services/cancel-job.ts';
import { listJobRows } from '../../../services/list-jobs.ts';
import { findJobThatRan, findOwnJob } from '../../../services/read-job.ts';
import type { JobRow } from '../../../store/rows.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { linkNext } from '../../link-next.ts';
import { paymentLimit } from '../../rate-limit.ts';
import { alsoPage } from '../../static-files.ts';
import { Waiters } from '../../waiters.ts';
import { addBrokerQuoteRoutes } from './broker-quote-routes.ts';
import { addBrokerRoutes } from './broker-routes.ts';
import { addBrokerStoreRoutes } from './broker-store-routes.ts';
import { setGalaksioErrorHandler } from './galaksio-errors.ts';
import { toExecuteReply, toExecutionStatus, toListQuery } from './galaksio-mapping.ts';
import { accountOf, answerWhenOver, postExecution } from './post-execution.ts';

/** The endpoints of the Galaksio compute API and of its broker. */
export async function addGalaksioRoutes(app: FastifyInstance, deps: HttpDeps): Promise<void> {
  await app.register(async (api) => {
    setGalaksioErrorHandler(api);
    const waiters = new Waiters({ each: limits.waitersPerJob, all: limits.jobWaitersMax });
    addExecuteRoutes(api, deps, waiters);
    addJobRoutes(api, deps);
    addBrokerRoutes(api, deps, waiters);
    addBrokerStoreRoutes(api, deps);
    addBrokerQuoteRoutes(api, deps);
  });
}

function addExecuteRoutes(app: FastifyInstance, deps: HttpDeps, waiters: Waiters): void {
  const options = {
    authenticate: (request: FastifyRequest) => accountOf(deps, request),
    bodyLimit: limits.jobBodyBytes,
    config: paymentLimit,
  };
  addRoute(app, execute, {
    ...options,
    async handler({ principal, body, request, reply }) {
      const job = await postExecution(deps, { requester: principal, body, request, reply });
      if (job === null) return reply as never;
      const jobToken = deps.jobTokens.token(job.jobId);
      await answerWhenOver(deps, waiters, { job, reply }, async (ended) =>
        toExecuteReply(await readJobOutput(deps, ended), jobToken),
      );
      return reply as never;
    },
  });
  addRoute(app, executeAsync, {
    ...options,
    async handler({ principal, body, request, reply }) {
      const job = await postExecution(deps, { requester: principal, body, request, reply });
      if (job === null) return reply as never;
      return { job_id: job.jobId, job_token: deps.jobTokens.token(job.jobId) };
    },
  });
}

/** The web app has pages at the same addresses. */
function addJobRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.jobRequester;
  addRoute(app, listExecutions, {
    authenticate: deps.auth.requester,
    config: alsoPage,
    async handler({ principal, query, request, reply }) {
      const { accountId } = principal;
      const { jobs, nextCursor, total } = await listJobRows(deps, accountId, toListQuery(query));
      linkNext(reply, request.url, nextCursor);
      const shown = jobs.map((job) => toExecutionStatus(job, { output: null, progress: null }));
      if (query.format === 'array') return shown;
      return { jobs: shown, total: total ?? null, next_cursor: nextCursor };
    },
  });
  addRoute(app, getExecution, {
    authenticate,
    config: alsoPage,
    async handler({ principal, params }) {
      const job = await findOwnJob(deps, params.jobId, principal.accountId);
      return viewExecution(deps, job);
    },
  });
  addRoute(app, cancelExecution, {
    authenticate,
    async handler({ principal, params }) {
      await findOwnJob(deps, params.jobId, principal.accountId);
      return viewExecution(deps, await cancelJob(deps, params.jobId, 'requester'));
    },
  });
}

async function viewExecution(deps: HttpDeps, job: JobRow): Promise<ExecutionStatus> {
  const isOver = isTerminalJob(job.state);
  const [output, execution] = await Promise.all([
    isOver ? readJobOutput(deps, await findJobThatRan(deps, job)) : null,
    job.executionId === null ? null : deps.store.execution(job.executionId),
  ]);
  return toExecutionStatus(job, { output, progress: execution?.workProgress ?? null });
}
