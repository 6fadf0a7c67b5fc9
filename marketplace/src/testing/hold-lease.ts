import type { TestMarketplace } from './test-marketplace.ts';

/**
 * Lets an execution keep its lease however far a test moves the clock. The sweeper looks by a clock of
 * its own, so on a slow machine it would end a lease between two steps of a test.
 */
export async function holdLease({ store }: TestMarketplace, executionId: string): Promise<void> {
  const execution = await store.execution(executionId);
  if (execution === null) throw new Error(`there is no execution ${executionId}`);
  const { agentId, attempt, leaseHash } = execution;
  if (leaseHash === null) throw new Error(`${executionId} has no lease`);
  await store.renewLeases(agentId, [{ executionId, attempt, leaseHash }], Number.MAX_SAFE_INTEGER);
}
