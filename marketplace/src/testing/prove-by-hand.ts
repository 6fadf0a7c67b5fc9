import { LaneTree } from '@node3/shared/gpu-proof/lane-tree';
import { fillKeyOf, walkKeyOf } from '@node3/shared/gpu-proof/proof-keys';
import type { ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import { walkLane } from '@node3/shared/gpu-proof/walk-lane';

/** What a device would answer, computed on the processor: for plans that are small. */
export function proveByHand(
  plan: ProofPlan,
  seeds: { fillSeed: string; walkSeed: string },
  subject: { agentId: string; deviceId: string; epoch: number },
): LaneTree {
  const fillKey = fillKeyOf(seeds.fillSeed, subject);
  const walkKey = walkKeyOf(seeds.walkSeed, subject);
  const ends = Array.from({ length: plan.lanes }, (_, lane) =>
    Buffer.from(walkLane(plan, fillKey, walkKey, lane).buffer),
  );
  return new LaneTree(Buffer.concat(ends));
}
