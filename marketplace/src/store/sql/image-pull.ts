import { MarketError } from '@node3/shared/error';
import { isTerminalExecution } from '@node3/shared/execution-state';
import type { ImagePull } from '@node3/shared/image-pull';
import type { Fence } from '../rows.ts';
import { fencedIn } from './job-change.ts';
import type { Tx, Work } from './work.ts';

const updatePull = 'UPDATE executions SET image_pull = ? WHERE execution_id = ?';

/** It is no step in the life of the job, so it has no event. */
export function* recordImagePullIn(
  tx: Tx,
  { fence, agentId, imagePull }: { fence: Fence; agentId: string; imagePull: ImagePull },
): Work<void> {
  const { executionId, state } = yield* fencedIn(tx, fence, agentId);
  if (isTerminalExecution(state)) throw new MarketError('LEASE_STALE', { executionId });
  yield* tx.post(updatePull, JSON.stringify(imagePull), executionId);
}
