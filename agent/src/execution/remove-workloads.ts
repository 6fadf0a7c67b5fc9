import type { Logger } from '@node3/shared/logger';
import type { Executor } from '../executors/executor.ts';

/** Removes all that executors of this agent have. What can't be removed now goes at the next start. */
export async function removeWorkloads(
  executors: readonly Pick<Executor, 'name' | 'list' | 'remove'>[],
  log: Logger,
): Promise<void> {
  for (const executor of executors) {
    try {
      for (const { executionId } of await executor.list()) {
        log.warn({ executionId, executor: executor.name }, 'removing a workload without a lease');
        await executor.remove(executionId);
      }
    } catch (error) {
      log.warn({ err: error, executor: executor.name }, 'workloads could not be removed');
    }
  }
}
