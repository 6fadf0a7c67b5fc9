import type { Clock } from '@node3/shared/clock';
import type { BodyOf } from '@node3/shared/contract';
import type { appendLogs as contract } from '@node3/shared/routes/agents';
import type { LiveFeed } from '../live/live-feed.ts';
import type { JobStore } from '../store/job-store.ts';
import type { DiskRoom } from './disk-room.ts';
import type { LeaseTokens } from './lease-token.ts';
import type { LogRates } from './log-rates.ts';
import { readLogBatch } from './read-log-batch.ts';

interface Deps {
  store: Pick<JobStore, 'appendLogs'>;
  clock: Clock;
  leases: LeaseTokens;
  feed: LiveFeed;
  logRates: LogRates;
  room: Pick<DiskRoom, 'takesLogs'>;
}

/**
 * Stores a batch of lines and tells the readers of this job. Lines stored before are skipped, and on a
 * disk that is nearly full new ones are dropped. Throws
 * RATE_LIMITED for an agent that sends faster than it may: nothing is lost, it sends them again.
 */
export async function appendLogs(
  deps: Deps,
  agentId: string,
  executionId: string,
  body: BodyOf<typeof contract>,
): Promise<{ ackedSeq: number }> {
  const blocks = readLogBatch(body);
  deps.logRates.take(agentId, blocks);
  const { ackedSeq, jobId, stored } = await deps.store.appendLogs({
    fence: {
      executionId,
      attempt: body.attempt,
      leaseHash: deps.leases.hash(body.leaseToken),
    },
    agentId,
    seqFirst: body.seqFirst,
    blocks,
    // Refused, they would keep the agent from its result, which comes behind them.
    keep: deps.room.takesLogs ? 'all' : 'none',
    nowMs: deps.clock.nowMs(),
  });
  deps.feed.publishLogs(jobId, stored);
  return { ackedSeq };
}
