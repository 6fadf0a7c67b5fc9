import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { awaitJob } from '../services/await-job.ts';
import type { JobRow } from '../store/rows.ts';
import type { Requester } from './auth.ts';
import { holdKey } from './hold-key.ts';
import type { HttpDeps } from './http-deps.ts';
import type { Waiters } from './waiters.ts';

/** How many seconds a caller wants to wait, by the `Prefer` header of RFC 7240; 0 without a wish. */
export function readPreferWait({ headers }: Pick<FastifyRequest, 'headers'>): number {
  const wish = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i.exec(
    String(headers['prefer'] ?? ''),
  );
  return Math.min(Number(wish?.[1] ?? 0), limits.jobWaitSecMax);
}

/**
 * The job as it is when it is over, or when the caller has waited for as long as it wanted; the answer
 * says so. Where too many wait already, it is the job as it is now.
 */
export async function awaitEnd(
  deps: HttpDeps,
  waiters: Waiters,
  job: JobRow,
  call: { principal: Requester; request: FastifyRequest; reply: FastifyReply },
): Promise<JobRow> {
  const { principal, request, reply } = call;
  const waitSec = readPreferWait(request);
  if (waitSec === 0 || isTerminalJob(job.state)) return job;
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const held = holdKey(deps, principal);
  try {
    const waited = await waiters.wait(principal.accountId, () => {
      const enough = AbortSignal.timeout(waitSec * 1_000);
      return awaitJob(deps, job, AbortSignal.any([gone.signal, held.stopping, enough]));
    });
    if (waited === null) return job;
    void reply.header('preference-applied', `wait=${waitSec}`);
    return waited;
  } finally {
    held.leave();
  }
}
