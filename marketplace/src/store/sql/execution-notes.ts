import { MarketError } from '@node3/shared/error';
import { isTerminalExecution } from '@node3/shared/execution-state';
import type { ImagePull } from '@node3/shared/image-pull';
import type { WorkProgress } from '@node3/shared/work-progress';
import type { Fence } from '../rows.ts';
import { fencedIn } from './job-change.ts';
import type { Tx, Work } from './work.ts';

export interface ExecutionNote {
  fence: Fence;
  agentId: string;
}

const updatePull = 'UPDATE executions SET image_pull = ? WHERE execution_id = ?';
const updateProgress = 'UPDATE executions SET work_progress = ? WHERE execution_id = ?';

/** Notes are no steps in the life of the job, so they have no event. */
export function* recordImagePullIn(
  tx: Tx,
  { imagePull, ...note }: ExecutionNote & { imagePull: ImagePull },
): Work<void> {
  yield* tx.post(updatePull, JSON.stringify(imagePull), yield* liveIn(tx, note));
}

export function* recordWorkProgressIn(
  tx: Tx,
  { progress, ...note }: ExecutionNote & { progress: WorkProgress },
): Work<void> {
  yield* tx.post(updateProgress, JSON.stringify(progress), yield* liveIn(tx, note));
}

function* liveIn(tx: Tx, { fence, agentId }: ExecutionNote): Work<string> {
  const { executionId, state } = yield* fencedIn(tx, fence, agentId);
  if (isTerminalExecution(state)) throw new MarketError('LEASE_STALE', { executionId });
  return executionId;
}
