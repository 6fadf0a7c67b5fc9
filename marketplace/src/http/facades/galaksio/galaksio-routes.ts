import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import { type ExecuteRequest, execute, executeAsync } from '@node3/shared/routes/galaksio';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { awaitJob, readJobOutput } from '../../../services/await-job.ts';
import { postJob } from '../../../services/post-job.ts';
import type { JobRow } from '../../../store/rows.ts';
import { takePayment } from '../../answer-payment.ts';
import { answerSlowly } from '../../answer-slowly.ts';
import type { Requester } from '../../auth.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { readIdempotencyKey } from '../../idempotency-key.ts';
import { paymentLimit } from '../../rate-limit.ts';
import { Waiters } from '../../waiters.ts';
import { toExecuteReply, toJobSpec } from './galaksio-mapping.ts';

export function addGalaksioRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const options = {
    authenticate: (request: FastifyRequest) => accountOf(deps, request),
    bodyLimit: limits.jobBodyBytes,
    config: paymentLimit,
  };
  const waiters = new Waiters({ each: limits.waitersPerJob, all: limits.jobWaitersMax });
  addRoute(app, execute, {
    ...options,
    async handler({ principal, body, request, reply }) {
      const job = await postExecution(deps, { requester: principal, body, request, reply });
      if (job === null) return reply as never;
      const jobToken = deps.jobTokens.token(job.jobId);
      await answerSlowly(deps, reply, async (gone) => {
        const own = AbortSignal.timeout(job.spec.limits.runSec * 1_000);
        const end = AbortSignal.any([gone, own, deps.stopping]);
        const waited = await waiters.wait(job.jobId, () => awaitJob(deps, job, end));
        return toExecuteReply(await readJobOutput(deps, waited ?? job), jobToken);
      });
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

/** With a key the account pays, without one the request itself does. */
async function accountOf(deps: HttpDeps, request: FastifyRequest): Promise<Requester | null> {
  const { headers } = request;
  const hasKey = headers.authorization !== undefined || headers['x-api-key'] !== undefined;
  return hasKey ? deps.auth.requester(request) : deps.auth.public(request);
}

interface Execution {
  requester: Requester | null;
  body: ExecuteRequest;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** null when the answer is sent: what the execution costs. */
async function postExecution(deps: HttpDeps, execution: Execution): Promise<JobRow | null> {
  const { requester, body, request, reply } = execution;
  const spec = toJobSpec(body, deps.codeBytesMax);
  if (requester !== null) {
    const idempotencyKey = readIdempotencyKey(request);
    const { job, replayed } = await postJob(deps, { ...requester, spec, idempotencyKey });
    if (replayed) void reply.header('idempotency-replayed', 'true');
    return job;
  }
  const { gpu_count: gpus = 1, gpu_type: gpuType = 'l40s', language } = body;
  const seconds = body.timeout ?? limits.runSecDefault;
  const description = `${language} on ${gpus} × ${gpuType}, at most ${seconds} s; the rest comes back`;
  const posted = await takePayment(deps, { request, reply, body, spec, description });
  return posted?.job ?? null;
}
