import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { filledBytes, ProofPlan, planProof, readBytes } from './proof-plan.ts';

const gibibyte = 1024 ** 3;

describe('the plan of a proof', () => {
  it.each([2, 4, 6, 8, 12, 16, 24, 40, 48, 80, 141, 192, 288])(
    'fills most of %i GiB, in regions that every driver gives',
    (size) => {
      const plan = planProof(size * gibibyte);
      if (plan === null) throw new Error('there is a plan for so much memory');
      expect(Compile(ProofPlan).Check(plan)).toBe(true);
      expect(Math.log2(plan.regionLines) % 1).toBe(0);
      const share = filledBytes(plan) / (size * gibibyte);
      expect(share).toBeLessThanOrEqual(0.85);
      expect(share).toBeGreaterThan(0.8);
      // Every pass reads as many lines as there are.
      expect(readBytes(plan)).toBe(filledBytes(plan) * plan.passes);
    },
  );

  it('asks for nothing where there is no memory to speak of', () => {
    expect(planProof(1_000_000)).toBeNull();
  });
});
