import { ProverProcess } from '@node3/agent/gpu-proof/prover-process';
import { verifyOpenings } from '@node3/marketplace/gpu-proof/verify-openings';
import type { ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import { readOpening } from '@node3/shared/gpu-proof/wire-opening';
import { afterEach, describe, expect, it } from 'vitest';
import { findSoftwareGpu } from './software-gpu.ts';

const { environment, skip } = findSoftwareGpu();
const fillKey = Uint32Array.from([1, 2, 3, 4, 5, 6, 7, 0xffffffff]);
const walkKey = Uint32Array.from([8, 7, 6, 5, 4, 3, 2, 0x80000000]);
const plan: ProofPlan = {
  regions: 3,
  regionLines: 1_024,
  rounds: 20,
  passes: 2,
  reads: 3,
  lanes: 512,
};

const provers: ProverProcess[] = [];
afterEach(() => {
  for (const prover of provers.splice(0)) prover.kill();
});

function openProver(changes: Partial<ConstructorParameters<typeof ProverProcess>[0]> = {}) {
  const options = { environment, adapterName: null, software: 'allowed', ...changes } as const;
  const prover = new ProverProcess(options);
  provers.push(prover);
  return prover;
}

describe.skipIf(skip)('a proof on WebGPU', () => {
  it('gives the bits that the marketplace computes, in every lane', async () => {
    const prover = openProver();
    expect(await prover.fillMemory(plan, fillKey)).toMatchObject({ software: true });
    const root = Buffer.from((await prover.walk(walkKey)).root, 'hex');
    const lanes = Array.from({ length: plan.lanes }, (_, lane) => lane);
    const openings = (await prover.open(lanes)).map(readOpening);
    const promised = { plan, fillKey, walkKey, root, lanes };
    expect(verifyOpenings(promised, openings)).toBe('right');
    expect(verifyOpenings({ ...promised, walkKey: fillKey }, openings)).toBe('wrong-result');
  });

  it('refuses a program that plays a GPU', async () => {
    const filling = openProver({ software: 'refused' }).fillMemory(plan, fillKey);
    await expect(filling).rejects.toMatchObject({ failure: 'software-adapter' });
  });

  it('says which devices there are when it is asked for another', async () => {
    const filling = openProver({ adapterName: 'NVIDIA RTX 9999' }).fillMemory(plan, fillKey);
    await expect(filling).rejects.toMatchObject({
      failure: 'wrong-adapter',
      message: expect.stringContaining('SwiftShader'),
    });
  });

  it('says that memory is short, and never fills less than was asked for', async () => {
    const huge = { ...plan, regionLines: 2 ** 24, regions: 4_096 };
    const filling = openProver().fillMemory(huge, fillKey);
    await expect(filling).rejects.toMatchObject({ failure: 'not-enough-memory' });
  });

  it('survives the end of its process with a sentence', async () => {
    const prover = openProver();
    const filling = prover.fillMemory({ ...plan, rounds: 4_096, regionLines: 2 ** 20 }, fillKey);
    prover.kill();
    await expect(filling).rejects.toMatchObject({ failure: 'prover-failed' });
  });
});
