import type { ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import { describe, expect, it } from 'vitest';
import type { GpuProofRow } from '../gpu-proof-store.ts';
import type { Given } from '../store.conformance.ts';
import type { World } from './world.ts';

/** Small enough for a processor. */
export const smallProofPlan: ProofPlan = {
  regions: 2,
  regionLines: 256,
  rounds: 8,
  passes: 2,
  reads: 2,
  lanes: 256,
};

export function gpuProofRow(changes: Partial<GpuProofRow> = {}): GpuProofRow {
  return {
    proofId: 'prf_1',
    agentId: 'agt_1',
    deviceId: 'GPU-1',
    owner: 'wallet',
    fingerprint: 'print',
    plan: smallProofPlan,
    fillSeed: 'aa'.repeat(32),
    walkSeed: 'bb'.repeat(32),
    lanes: [0, 63, 64, 255],
    state: 'filling',
    issuedAtMs: 1_000,
    fillByMs: 2_000,
    walkFromMs: null,
    walkByMs: null,
    root: null,
    rootAtMs: null,
    adapter: null,
    finding: null,
    endedAtMs: null,
    ...changes,
  };
}

const key = { proofId: 'prf_1', agentId: 'agt_1', deviceId: 'GPU-1' };
const passed = { state: 'passed', finding: 'right', nowMs: 1_200 } as const;

/** Uses each method of the store for proofs at least once. */
export async function liveThroughGpuProofs({ store }: World): Promise<void> {
  await store.addGpuProofs([gpuProofRow()], 0, []);
  await store.noteGpuFilled([key], 1_100);
  await store.startGpuWalk('prf_1', 1_100, 100);
  await store.noteGpuRoot(key, { root: 'cc', adapter: 'card', nowMs: 1_150 });
  await store.gpuProofs('prf_1', 'agt_1');
  await store.leasedDevices(['agt_1']);
  await store.openGpuProofs(10);
  await store.endGpuProof(key, ['rooted'], passed, []);
  await store.gpuProofsOfAgent('agt_1', 10);
}

export function describeGpuProofs(given: Given): void {
  const other = { ...key, agentId: 'agt_2', deviceId: 'GPU-2' };
  const states = async () => (await given.store.openGpuProofs(10)).map(({ state }) => state);

  describe('proofs of devices', () => {
    it('begin the walk of all devices at one moment, when the last is filled', async () => {
      const { store } = given;
      expect(await store.addGpuProofs([gpuProofRow(), gpuProofRow(other)], 0, [])).toBe(true);
      await store.noteGpuFilled([key], 1_100);
      await store.startGpuWalk('prf_1', 1_100, 100);
      expect((await states()).toSorted()).toEqual(['filled', 'filling']);
      expect(await store.noteGpuRoot(key, { root: 'cc', adapter: 'a', nowMs: 1_100 })).toBe(false);
      await store.noteGpuFilled([other], 1_150);
      await store.startGpuWalk('prf_1', 1_150, 100);
      await store.startGpuWalk('prf_1', 1_200, 100);
      const [walking] = await store.gpuProofs('prf_1', 'agt_1');
      expect(walking).toMatchObject({ state: 'walking', walkFromMs: 1_150, walkByMs: 1_250 });
    });

    it('wait for a device that is not filled until its time is over, and no longer', async () => {
      const { store } = given;
      await store.addGpuProofs([gpuProofRow(), gpuProofRow(other)], 0, []);
      await store.noteGpuFilled([key], 1_100);
      await store.startGpuWalk('prf_1', 2_000, 100);
      expect((await states()).toSorted()).toEqual(['filled', 'filling']);
      await store.noteGpuFilled([other], 2_001);
      await store.startGpuWalk('prf_1', 2_001, 100);
      expect(await states()).toEqual(['walking']);
      const [late] = await store.gpuProofs('prf_1', 'agt_2');
      expect(late).toMatchObject({ state: 'void', finding: 'not-filled', endedAtMs: 2_001 });
    });

    it('take one root, in its time, and end once', async () => {
      const { store } = given;
      await store.addGpuProofs([gpuProofRow()], 0, []);
      await store.noteGpuFilled([key], 1_100);
      await store.startGpuWalk('prf_1', 1_100, 100);
      const answer = { root: 'cc', adapter: 'card', nowMs: 1_200 };
      expect(await store.noteGpuRoot(key, { ...answer, nowMs: 1_201 })).toBe(false);
      expect(await store.noteGpuRoot(key, answer)).toBe(true);
      expect(await store.noteGpuRoot(key, { ...answer, root: 'dd' })).toBe(false);
      expect(await store.endGpuProof(key, ['walking'], passed, [])).toBe(false);
      expect(await store.endGpuProof(key, ['rooted'], passed, [])).toBe(true);
      expect(await store.endGpuProof(key, ['rooted'], passed, [])).toBe(false);
      const reopened = await given.reopen();
      const ended = { ...gpuProofRow(), state: 'passed', finding: 'right', endedAtMs: 1_200 };
      const walked = { walkFromMs: 1_100, walkByMs: 1_200, rootAtMs: 1_200 };
      expect(await reopened.gpuProofsOfAgent('agt_1', 10)).toEqual([
        { ...ended, ...walked, root: 'cc', adapter: 'card' },
      ]);
    });

    it('are one at a time for an agent, and are forgotten after a time', async () => {
      const { store } = given;
      await store.addGpuProofs([gpuProofRow()], 0, []);
      const next = gpuProofRow({ proofId: 'prf_2', issuedAtMs: 5_000, fillByMs: 6_000 });
      const both = [next, { ...next, agentId: 'agt_2' }];
      expect(await store.addGpuProofs(both, 0, [])).toBe(false);
      expect(await store.gpuProofsOfAgent('agt_2', 10)).toEqual([]);
      await store.endGpuProof(key, ['filling'], { ...passed, state: 'void' }, []);
      expect(await store.addGpuProofs(both, 1_001, [])).toBe(true);
      const proofs = await store.gpuProofsOfAgent('agt_1', 10);
      expect(proofs.map(({ proofId }) => proofId)).toEqual(['prf_2']);
    });

    it('are read in the order in which they ended, all agents together', async () => {
      const { store } = given;
      for (const [number, agentId] of ['agt_1', 'agt_2', 'agt_3'].entries()) {
        const proofId = `prf_${number}`;
        await store.addGpuProofs([gpuProofRow({ proofId, agentId, owner: agentId })], 0, []);
        if (number === 2) continue;
        const end = { state: 'void', finding: 'leased', nowMs: 1_500 - number * 100 } as const;
        await store.endGpuProof({ ...key, proofId, agentId }, ['filling'], end, []);
      }
      const first = { endedAtMs: 0, proofId: '', deviceId: '' };
      const ended = await store.gpuProofsEnded(first, 10);
      expect(ended).toMatchObject([
        { agentId: 'agt_2', endedAtMs: 1_400, state: 'void', finding: 'leased', issuedAtMs: 1_000 },
        { agentId: 'agt_1', endedAtMs: 1_500, fingerprint: 'print' },
      ]);
      expect(await store.gpuProofsEnded(first, 1)).toEqual(ended.slice(0, 1));
      expect(await store.gpuProofsEnded(ended[0] ?? first, 10)).toEqual(ended.slice(1));
    });
  });
}
