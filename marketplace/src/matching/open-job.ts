import type { Priority } from '@node3/shared/job-spec';
import type { Money } from '@node3/shared/money';
import { type Needs, needsOf } from '../domain/matching.ts';
import { avoidLastAgentMs } from '../domain/retry-policy.ts';
import type { JobRow } from '../store/rows.ts';

/** What the index keeps of a job. Not the whole spec: a full queue would not fit into memory. */
export interface OpenJob {
  jobId: string;
  priority: Priority;
  needs: Needs;
  notBeforeMs: number;
  lastAgentId: string | null;
  /** Until then its last agent is passed over. */
  avoidUntilMs: number;
  /** null for a metered job, whose price depends on its run. */
  reward: Money | null;
}

export function openJobOf(job: JobRow): OpenJob {
  const { price } = job.spec;
  const isRequeued = job.agentId !== null;
  return {
    jobId: job.jobId,
    priority: job.priority,
    needs: needsOf(job.spec, job.accountId),
    notBeforeMs: job.notBeforeMs ?? 0,
    lastAgentId: job.agentId,
    avoidUntilMs: isRequeued ? (job.queuedAtMs ?? 0) + avoidLastAgentMs : 0,
    reward: price.kind === 'fixed' ? price.reward : null,
  };
}
