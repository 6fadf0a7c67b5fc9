import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import {
  type AgentMessage,
  type BrokerRun,
  brokerJob,
  brokerMessage,
  brokerRun,
  brokerStatus,
} from '@node3/shared/routes/galaksio-broker';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readJobOutput } from '../../../services/await-job.ts';
import { findJobThatRan, findOwnJob } from '../../../services/read-job.ts';
import type { JobRow } from '../../../store/rows.ts';
import type { Requester } from '../../auth.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { paymentLimit } from '../../rate-limit.ts';
import { pageAt } from '../../static-files.ts';
import type { Waiters } from '../../waiters.ts';
import { toBrokerRun } from './broker-mapping.ts';
import { readRunQuotes } from './broker-quote-routes.ts';
import { accountOf, answerWhenOver, postExecution } from './post-execution.ts';

/** What Galaksio's broker does with code. */
export function addBrokerRoutes(app: FastifyInstance, deps: HttpDeps, waiters: Waiters): void {
  const options = {
    authenticate: (request: FastifyRequest) => accountOf(deps, request),
    bodyLimit: limits.jobBodyBytes,
    config: paymentLimit,
  };
  addRoute(app, brokerRun, {
    ...options,
    async handler({ principal, body, request, reply }) {
      const job = await postExecution(deps, { requester: principal, body, request, reply });
      if (job === null) return reply as never;
      const jobToken = deps.jobTokens.token(job.jobId);
      await answerWhenOver(deps, waiters, { job, reply }, async (ended) => ({
        ...(await viewRun(deps, ended)),
        jobToken,
      }));
      return reply as never;
    },
  });
  for (const contract of [brokerStatus, brokerJob]) {
    addRoute(app, contract, {
      authenticate: deps.auth.jobRequester,
      config: pageAt('/jobs/'),
      async handler({ principal, params }) {
        return viewRun(deps, await findOwnJob(deps, params.jobId, principal.accountId));
      },
    });
  }
  addRoute(app, brokerMessage, {
    ...options,
    async handler({ principal, body, request, reply }) {
      const payload = await answerMessage(deps, { requester: principal, body, request, reply });
      if (payload === null) return reply as never;
      const { type, meta = {} } = body;
      return {
        type: `${type}.result` as const,
        agent_id: 'node3-marketplace' as const,
        payload,
        meta,
      };
    },
  });
}

interface Message {
  requester: Requester | null;
  body: AgentMessage;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** null when the answer is sent: what a run costs. */
async function answerMessage(deps: HttpDeps, message: Message) {
  const { body, requester } = message;
  if (body.type === 'quote') return readRunQuotes(deps, body.payload);
  if (body.type === 'status') return viewRun(deps, await findMessageJob(deps, requester, body));
  const job = await postExecution(deps, { ...message, body: body.payload });
  if (job === null) return null;
  return { ...(await viewRun(deps, job)), jobToken: deps.jobTokens.token(job.jobId) };
}

async function findMessageJob(
  deps: HttpDeps,
  requester: Requester | null,
  { payload }: Extract<AgentMessage, { type: 'status' }>,
): Promise<JobRow> {
  const { jobId, jobToken } = payload;
  if (requester !== null) return findOwnJob(deps, jobId, requester.accountId);
  if (jobToken === undefined) throw new MarketError('AUTH_REQUIRED');
  const job = deps.jobTokens.isFor(jobId, jobToken) ? await deps.store.job(jobId) : null;
  if (job === null) throw new MarketError('AUTH_INVALID');
  return job;
}

async function viewRun(deps: HttpDeps, job: JobRow): Promise<BrokerRun> {
  if (!isTerminalJob(job.state)) return toBrokerRun(job, null);
  const ran = await findJobThatRan(deps, job);
  const [output, execution] = await Promise.all([
    readJobOutput(deps, ran),
    ran.executionId === null ? null : deps.store.execution(ran.executionId),
  ]);
  return toBrokerRun(job, { ...output, exitCode: execution?.exitCode ?? null });
}
