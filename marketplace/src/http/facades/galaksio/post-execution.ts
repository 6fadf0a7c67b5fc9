import { limits } from '@node3/shared/limits';
import type { ExecuteRequest } from '@node3/shared/routes/galaksio';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { awaitJob } from '../../../services/await-job.ts';
import { postJob } from '../../../services/post-job.ts';
import type { JobRow } from '../../../store/rows.ts';
import { takePayment } from '../../answer-payment.ts';
import { answerSlowly } from '../../answer-slowly.ts';
import type { Requester } from '../../auth.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { readIdempotencyKey } from '../../idempotency-key.ts';
import type { Waiters } from '../../waiters.ts';
import { toGalaksioWords } from './galaksio-errors.ts';
import { toJobSpec } from './galaksio-mapping.ts';

/** With a key the account pays, without one the request itself does. */
export async function accountOf(
  deps: HttpDeps,
  request: FastifyRequest,
): Promise<Requester | null> {
  const { headers } = request;
  const hasKey = headers.authorization !== undefined || headers['x-api-key'] !== undefined;
  return hasKey ? deps.auth.requester(request) : deps.auth.public(request);
}

export interface Execution {
  requester: Requester | null;
  body: ExecuteRequest;
  request: FastifyRequest;
  reply: FastifyReply;
}

/**
 * Answers once the job is over, at the latest when its own timeout has passed; where too many wait for
 * it already, at once.
 */
export async function answerWhenOver(
  deps: HttpDeps,
  waiters: Waiters,
  { job, reply }: { job: JobRow; reply: FastifyReply },
  view: (job: JobRow) => Promise<unknown>,
): Promise<void> {
  await answerSlowly(deps, reply, async (gone) => {
    const own = AbortSignal.timeout(job.spec.limits.runSec * 1_000);
    const end = AbortSignal.any([gone, own, deps.stopping]);
    return view((await waiters.wait(job.jobId, () => awaitJob(deps, job, end))) ?? job);
  });
}

/** null when the answer is sent: what the execution costs. */
export async function postExecution(deps: HttpDeps, execution: Execution): Promise<JobRow | null> {
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
  const paid = { request, reply, body, spec, description, inWords: toGalaksioWords };
  const posted = await takePayment(deps, paid);
  return posted?.job ?? null;
}
