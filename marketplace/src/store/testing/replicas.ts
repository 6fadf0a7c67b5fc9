import { limits } from '@node3/shared/limits';
import { describe, expect, it } from 'vitest';
import type { Given } from '../store.conformance.ts';
import { fenceOf, type World } from './world.ts';

const { leaseMs } = limits;
const livesMs = 15_000;

function hold({ store, nowMs }: World, replicaId: string, atMs = nowMs) {
  return store.holdReplica({ replicaId, nowMs: atMs, untilMs: atMs + livesMs, leaseMs });
}

function take({ store, nowMs }: World, agentId: string, replicaId: string, instanceId = 'i-1') {
  return store.takeHome({ agentId, instanceId, replicaId, nowMs });
}

/** Uses each method of the store for replicas at least once. */
export async function liveThroughReplicas(world: World, agentId: string): Promise<void> {
  const { store, nowMs } = world;
  await hold(world, 'replica');
  await take(world, agentId, 'replica');
  await take(world, agentId, 'replica', 'i-2');
  await store.checkInstance(agentId, 'i-2');
  const agentIds = [agentId];
  await store.noteHomes({ replicaId: 'replica', agentIds, are: 'here', nowMs });
  await store.noteHomes({ replicaId: 'replica', agentIds, are: 'silent', nowMs });
  await store.homesChangedAfter(0, 10);
  await store.endReplica('replica');
  await store.adoptAgents({ replicaId: 'other', nowMs, leaseMs });
  await store.unsupervisedSince('exe_1');
}

export function describeReplicas(given: Given): void {
  describe('replicas', () => {
    it('live as long as they say so, and are held anew afterwards', async () => {
      const { world } = given;
      const { nowMs } = world;
      expect(await hold(world, 'a')).toMatchObject({ held: 'anew' });
      expect(await hold(world, 'a', nowMs + livesMs - 1)).toMatchObject({ held: 'kept' });
      expect(await hold(world, 'a', nowMs + 2 * livesMs)).toMatchObject({ held: 'anew' });
    });

    it('take over the leases of the dead, each once, and of nobody who lives', async () => {
      const { store, world } = given;
      const accountId = await world.openAccount();
      const [orphan, kept] = [await world.registerAgent(), await world.registerAgent()];
      await hold(world, 'dead');
      await hold(world, 'alive');
      await take(world, orphan, 'dead');
      await take(world, kept, 'alive');
      const lost = await world.lease(accountId, orphan);
      const held = await world.lease(accountId, kept);
      const atMs = world.nowMs + livesMs + 1;
      await hold(world, 'alive', world.nowMs + livesMs - 1);
      const adoption = { replicaId: 'alive', nowMs: atMs, leaseMs };
      const byMs = atMs + leaseMs - lost.leaseUntilMs;
      expect(await store.adoptAgents(adoption)).toEqual({ replicas: 1, executions: 1, byMs });
      expect(await store.execution(lost.executionId)).toMatchObject({
        leaseUntilMs: atMs + leaseMs,
        acceptByMs: (lost.acceptByMs ?? 0) + byMs,
      });
      expect(await store.execution(held.executionId)).toEqual(held);
      const none = { replicas: 0, executions: 0, byMs: 0 };
      expect(await store.adoptAgents({ ...adoption, nowMs: atMs + 1 })).toEqual(none);
      expect((await store.execution(lost.executionId))?.leaseUntilMs).toBe(atMs + leaseMs);
    });

    it('leave an agent alone that went to a living one before its replica died', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      await hold(world, 'dead');
      await hold(world, 'alive');
      await take(world, agentId, 'dead');
      const execution = await world.lease(await world.openAccount(), agentId);
      await take(world, agentId, 'alive');
      const fences = [fenceOf(execution)];
      await store.renewLeases(agentId, fences, execution.leaseUntilMs + 7);
      await store.endReplica('dead');
      const adoption = { replicaId: 'alive', nowMs: world.nowMs, leaseMs };
      expect(await store.adoptAgents(adoption)).toMatchObject({ replicas: 1, executions: 0 });
      const found = await store.execution(execution.executionId);
      expect(found?.leaseUntilMs).toBe(execution.leaseUntilMs + 7);
    });

    it('know what ran without a lease while nobody was there', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      await hold(world, 'only');
      await take(world, agentId, 'only');
      const running = await world.lease(await world.openAccount(), agentId);
      await world.start(running);
      const offered = await world.lease(await world.openAccount(), agentId);
      const atMs = running.leaseUntilMs + 1_000;
      expect(await hold(world, 'only', atMs)).toMatchObject({
        held: 'anew',
        adopted: { replicas: 1, executions: 2 },
      });
      expect(await store.unsupervisedSince(running.executionId)).toBe(running.leaseUntilMs);
      expect(await store.unsupervisedSince(offered.executionId)).toBeNull();
      expect(await store.overdue(atMs, 10)).toEqual([]);
    });

    it('find at their start what nobody looked after before there were replicas', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const execution = await world.lease(await world.openAccount(), agentId);
      const atMs = execution.leaseUntilMs + 60_000;
      expect(await hold(world, 'first', atMs)).toMatchObject({ adopted: { executions: 1 } });
      expect((await store.execution(execution.executionId))?.leaseUntilMs).toBe(atMs + leaseMs);
    });
  });

  describe('homes of agents', () => {
    it('are where an agent spoke last, and tell who is there', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      await take(world, agentId, 'a');
      world.nowMs += 10;
      await take(world, agentId, 'b');
      const silent = (replicaId: string) =>
        store.noteHomes({ replicaId, agentIds: [agentId], are: 'silent', nowMs: world.nowMs });
      await silent('a');
      const homes = await store.homesChangedAfter(world.nowMs - 1, 10);
      expect(homes).toMatchObject([{ agentId, replicaId: 'b', instanceId: 'i-1', isHere: true }]);
      world.nowMs += 10;
      await silent('b');
      expect(await store.homesChangedAfter(world.nowMs - 1, 10)).toMatchObject([{ isHere: false }]);
      expect(await store.homesChangedAfter(world.nowMs, 10)).toEqual([]);
    });

    it('are refused to a process that a newer one replaced, on every replica', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const refused = { code: 'AGENT_SUPERSEDED' };
      await take(world, agentId, 'a', 'i-1');
      await take(world, agentId, 'b', 'i-2');
      await expect(take(world, agentId, 'c', 'i-1')).rejects.toMatchObject(refused);
      await expect(store.checkInstance(agentId, 'i-1')).rejects.toMatchObject(refused);
      await store.checkInstance(agentId, 'i-2');
      for (let next = 3; next < 40; next += 1) {
        world.nowMs += 1;
        await take(world, agentId, 'a', `i-${next}`);
      }
      // The last ones are remembered, not all there ever were.
      await expect(store.checkInstance(agentId, 'i-38')).rejects.toMatchObject(refused);
      await store.checkInstance(agentId, 'i-2');
    });
  });
}
