import type { NewEvent } from '@node3/shared/events';
import { zero } from '@node3/shared/money';
import type { JobRow } from '../store/rows.ts';

/** A job that is over the moment it is posted, because an earlier one has its result already. */
export function reusedJob(
  job: JobRow,
  original: Pick<JobRow, 'jobId' | 'exitCode'>,
): { job: JobRow; events: NewEvent[] } {
  const { accountId, jobId, createdAtMs: nowMs, asset } = job;
  const event = (
    name: NewEvent['name'],
    actor: NewEvent['actor'],
    data: NewEvent['data'],
  ): NewEvent => ({
    name,
    atMs: nowMs,
    actor,
    accountId,
    jobId,
    executionId: null,
    reason: name === 'job.ended' ? 'result_reused' : null,
    data,
  });
  const state = 'succeeded';
  const { exitCode } = original;
  return {
    job: {
      ...job,
      state,
      reason: 'result_reused',
      fault: 'none',
      // Nothing is held, so nothing may count as spent.
      price: zero,
      settlement: { state: 'none', charged: zero, providerShare: zero, fee: zero, refund: zero },
      exitCode,
      cachedFrom: original.jobId,
      queuedAtMs: null,
      finishedAtMs: nowMs,
    },
    events: [
      event('job.posted', 'requester', { held: '0', reward: '0', asset }),
      event('job.ended', 'marketplace', { state, exitCode, cachedFrom: original.jobId }),
    ],
  };
}
