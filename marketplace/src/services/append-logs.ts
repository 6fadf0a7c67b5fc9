import type { Clock } from '@node3/shared/clock';
import type { BodyOf } from '@node3/shared/contract';
import type { appendLogs as contract } from '@node3/shared/routes/agents';
import type { LiveFeed } from '../live/live-feed.ts';
import type { JobStore } from '../store/job-store.ts';
import type { LeaseTokens } from './lease-token.ts';

interface Deps {
  store: Pick<JobStore, 'appendLogs'>;
  clock: Clock;
  leases: LeaseTokens;
  feed: LiveFeed;
}

/** Stores a batch of lines and tells the readers of this job. Lines stored before are skipped. */
export async function appendLogs(
  deps: Deps,
  agentId: string,
  executionId: string,
  body: BodyOf<typeof contract>,
): Promise<{ ackedSeq: number }> {
  const { ackedSeq, jobId } = await deps.store.appendLogs({
    fence: {
      executionId,
      attempt: body.attempt,
      leaseHash: deps.leases.hash(body.leaseToken),
    },
    agentId,
    seqFirst: body.seqFirst,
    lines: body.lines,
    nowMs: deps.clock.nowMs(),
  });
  deps.feed.publishLogs(jobId);
  return { ackedSeq };
}
