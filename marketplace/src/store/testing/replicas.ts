import { limits } from '@node3/shared/limits';
import { describe, expect, it } from 'vitest';
import type { HomesCursor } from '../replica-store.ts';
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

const firstChange = { change: 0, agentId: '' };

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
  await store.keepHomes({ replicaId: 'replica', homes: [{ agentId, generation: 2 }], nowMs });
  await store.homesChangedAfter(firstChange, 10);
  await store.endReplica('replica');
  await store.adoptAgents({ replicaId: 'other', nowMs, leaseMs });
  const fence = { executionId: 'exe_1', attempt: 1, leaseHash: '' };
  await store.giveLeasesBack([{ agentId, fence, byMs: 1 }], { nowMs, leaseMs });
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

    it('give back what is owed, to whoever holds the lease, and up to a whole one', async () => {
      const { store, world } = given;
      const agentId = await world.registerAgent();
      const other = await world.registerAgent();
      const accountId = await world.openAccount();
      const running = await world.lease(accountId, agentId);
      await world.start(running);
      const held = await world.lease(accountId, other);
      const fence = fenceOf(running);
      const byMs = leaseMs + 1_000;
      const at = { nowMs: running.leaseUntilMs + 1_000, leaseMs };
      const wrong = [
        { agentId: other, fence, byMs },
        { agentId, fence: { ...fence, leaseHash: 'another' }, byMs },
      ];
      expect(await store.giveLeasesBack(wrong, at)).toBe(0);
      expect(await store.unsupervisedSince(running.executionId)).toBeNull();
      expect(await store.giveLeasesBack([{ agentId, fence, byMs }], at)).toBe(1);
      const leaseUntilMs = at.nowMs + leaseMs;
      expect(await store.execution(running.executionId)).toMatchObject({ leaseUntilMs });
      expect(await store.unsupervisedSince(running.executionId)).toBe(running.leaseUntilMs);
      // A second time, by another replica for example, adds nothing.
      expect(await store.giveLeasesBack([{ agentId, fence, byMs }], at)).toBe(1);
      expect(await store.execution(running.executionId)).toMatchObject({ leaseUntilMs });
      expect(await store.execution(held.executionId)).toEqual(held);
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
      const homes = await store.homesChangedAfter(firstChange, 10);
      expect(homes).toMatchObject([{ agentId, replicaId: 'b', instanceId: 'i-1', isHere: true }]);
      const [last = firstChange] = homes;
      await silent('b');
      const [next = firstChange, ...none] = await store.homesChangedAfter(last, 10);
      expect([next, none]).toMatchObject([{ agentId, isHere: false }, []]);
      expect(await store.homesChangedAfter(next, 10)).toEqual([]);
    });

    it('are read on from page to page, whatever their times are and however many change at once', async () => {
      const { store, world } = given;
      const agentIds: string[] = [];
      for (let count = 0; count < 5; count += 1) {
        const agentId = await world.registerAgent();
        agentIds.push(agentId);
        await hold(world, 'dead');
        await take(world, agentId, 'dead');
      }
      const read: string[] = [];
      let after: HomesCursor = firstChange;
      const readOn = async () => {
        for (;;) {
          const page = await store.homesChangedAfter(after, 2);
          read.push(...page.map(({ agentId }) => agentId));
          after = page.at(-1) ?? after;
          if (page.length < 2) return read.splice(0);
        }
      };
      expect(await readOn()).toEqual(agentIds);
      // All of them in one statement, by a replica whose clock is far behind.
      await store.endReplica('dead');
      await store.adoptAgents({ replicaId: 'other', nowMs: world.nowMs - 60_000, leaseMs });
      expect((await readOn()).toSorted()).toEqual(agentIds.toSorted());
      world.nowMs -= 60_000;
      await take(world, agentIds[3] ?? '', 'third');
      expect(await readOn()).toEqual([agentIds[3]]);
    });

    it('are kept by whoever was taken for dead, but for agents that went elsewhere', async () => {
      const { store, world } = given;
      const [stayed, moved] = [await world.registerAgent(), await world.registerAgent()];
      await hold(world, 'hung');
      const homes = [
        { agentId: stayed, generation: await take(world, stayed, 'hung') },
        { agentId: moved, generation: await take(world, moved, 'hung') },
      ];
      await store.endReplica('hung');
      await hold(world, 'other');
      await store.adoptAgents({ replicaId: 'other', nowMs: world.nowMs, leaseMs });
      await take(world, moved, 'other');
      const keeping = { replicaId: 'hung', homes, nowMs: world.nowMs };
      expect(await store.keepHomes(keeping)).toEqual([stayed]);
      expect(await store.homesChangedAfter(firstChange, 10)).toMatchObject([
        { agentId: moved, replicaId: 'other', generation: 2 },
        { agentId: stayed, replicaId: 'hung', generation: 1, isHere: true },
      ]);
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
