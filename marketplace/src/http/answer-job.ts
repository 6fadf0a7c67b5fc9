import { MarketError } from '@node3/shared/error';
import { entityTag, hasPart } from '@node3/shared/http/entity-tag';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { JobDetail } from '@node3/shared/routes/jobs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { awaitJob, followJob } from '../services/await-job.ts';
import { readJobDetail } from '../services/read-job.ts';
import type { JobRow } from '../store/rows.ts';
import type { Requester } from './auth.ts';
import { holdKey } from './hold-key.ts';
import type { HttpDeps } from './http-deps.ts';
import type { Waiters } from './waiters.ts';

interface Call {
  principal: Requester;
  request: FastifyRequest;
  reply: FastifyReply;
  /** Seconds, as an alternative to the `Prefer` header. */
  wait?: number | undefined;
  /** It was posted by this call, which is said also when the key ends meanwhile. */
  isPosting?: boolean;
  /** The ETag of an earlier answer: waits until the job differs from that, instead of for its end. */
  since?: string | undefined;
}

/** How many seconds a caller wants to wait, by the `Prefer` header of RFC 7240; 0 without a wish. */
function readPreferWait({ headers }: Pick<FastifyRequest, 'headers'>): number {
  const wish = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i.exec(
    String(headers['prefer'] ?? ''),
  );
  return Number(wish?.[1] ?? 0);
}

/** A log grows without anything else being new: whoever waits is not woken for it. */
export function jobTag({ logBytes, ...rest }: JobDetail): string {
  return entityTag(rest, logBytes);
}

/**
 * The job as it is when it is over, or has changed since what the caller saw, or when the caller has
 * waited for as long as it wanted; the answer says so. Where too many wait already, it is the job as it
 * is now.
 */
export async function answerJob(
  deps: HttpDeps,
  waiters: Waiters,
  job: JobRow,
  call: Call,
): Promise<JobDetail> {
  const { principal, request, reply, since } = call;
  const waitSec = Math.min(call.wait ?? readPreferWait(request), limits.jobWaitSecMax);
  const isOver = since === undefined && isTerminalJob(job.state);
  if (waitSec === 0 || isOver) return readJobDetail(deps, job);
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  // It may have left while its key was looked up; then nothing closes any more.
  if (reply.raw.destroyed) gone.abort();
  const held = holdKey(deps, principal);
  try {
    const waited = await waiters.wait(principal.accountId, () => {
      const enough = AbortSignal.timeout(waitSec * 1_000);
      const signal = AbortSignal.any([gone.signal, held.stopping, enough]);
      return since === undefined
        ? awaitEnd(deps, job, signal)
        : awaitChange(deps, job, since, signal);
    });
    if (held.hasEnded()) {
      if (call.isPosting === true) return await readJobDetail(deps, job);
      throw new MarketError('AUTH_INVALID');
    }
    if (waited === null) return await readJobDetail(deps, job);
    void reply.header('preference-applied', `wait=${waitSec}`);
    return waited;
  } finally {
    held.leave();
  }
}

async function awaitEnd(deps: HttpDeps, job: JobRow, signal: AbortSignal): Promise<JobDetail> {
  return readJobDetail(deps, await awaitJob(deps, job, signal));
}

function awaitChange(
  deps: HttpDeps,
  job: JobRow,
  since: string,
  signal: AbortSignal,
): Promise<JobDetail> {
  return followJob(deps.feed, {
    jobId: job.jobId,
    read: async () => readJobDetail(deps, (await deps.store.job(job.jobId)) ?? job),
    isEnd: ({ logBytes: _grows, ...rest }) => !hasPart(since, 0, rest),
    signal,
  });
}
