import type { Client } from '@node3/shared/client';
import type { FlowRunState } from '@node3/shared/flow-state';
import { rerunRun } from '@node3/shared/routes/redmind';
import { eachAtOnce } from '../../parts/each-at-once.ts';

/** What became of one run: the one that does it again, or why there is none. */
export type RerunResult =
  | { runId: string; newRunId: string; status: FlowRunState }
  | { runId: string; refused: Error };

/**
 * Each in a request of its own, with a key of its own: the same `batch` and run never start twice. A
 * refused one does not keep the others from going on.
 */
export function rerunRuns(
  client: Client,
  runIds: readonly string[],
  batch: string,
): Promise<RerunResult[]> {
  return eachAtOnce(runIds, async (runId) => {
    const idempotencyKey = `${batch}-${runId}`;
    try {
      const started = await client.call(
        rerunRun,
        { params: { runId }, body: {} },
        { idempotencyKey },
      );
      return { runId, newRunId: started.runId, status: started.status };
    } catch (error) {
      return { runId, refused: error instanceof Error ? error : new Error(String(error)) };
    }
  });
}
