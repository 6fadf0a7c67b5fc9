import { describe, expect, it } from 'vitest';
import type { Given } from '../store.conformance.ts';
import type { World } from './world.ts';

/** Uses each method of the store for usage of executions at least once. */
export async function liveThroughExecutionUsage(world: World): Promise<void> {
  const { store } = world;
  const execution = await world.lease(await world.openAccount(), await world.registerAgent());
  await store.saveExecutionUsage(execution.executionId, () => '{}', world.nowMs);
  await store.executionUsage(execution.executionId);
}

export function describeExecutionUsage(given: Given): void {
  describe('what executions used', () => {
    it('is kept over a restart, joined with what was stored of it before', async () => {
      const { store, world } = given;
      const { executionId } = await world.lease(
        await world.openAccount(),
        await world.registerAgent(),
      );
      expect(await store.executionUsage(executionId)).toBeNull();
      const join = (part: string) => (stored: string | null) => `${stored ?? 'first'}+${part}`;
      await store.saveExecutionUsage(executionId, join('a'), 5_000);
      await store.saveExecutionUsage(executionId, join('b'), 6_000);
      const opened = await given.reopen();
      expect(await opened.executionUsage(executionId)).toBe('first+a+b');
    });
  });
}
