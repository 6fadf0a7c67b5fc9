import type { WorkProgress } from '@node3/shared/work-progress';
import type { LiveFeed } from '../live/live-feed.ts';
import type { JobStore } from '../store/job-store.ts';
import type { Fence, JobRow } from '../store/rows.ts';

interface Deps {
  store: Pick<JobStore, 'recordWorkProgress'>;
  feed: Pick<LiveFeed, 'noteJob'>;
}

/** Keeps what an agent says of how far its job is, for whoever follows it. Throws LEASE_STALE. */
export async function reportWorkProgress(
  deps: Deps,
  fence: Fence,
  { agentId, jobId }: { agentId: string } & Pick<JobRow, 'jobId'>,
  progress: WorkProgress,
): Promise<void> {
  await deps.store.recordWorkProgress(fence, agentId, progress);
  deps.feed.noteJob(jobId);
}
