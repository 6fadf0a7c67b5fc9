import { laneOf, type Opening, rootOf } from '@node3/shared/gpu-proof/lane-tree';
import { chunkBytes, chunkLanes, type ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import { walkLane } from '@node3/shared/gpu-proof/walk-lane';

/** What a device promised, and what it was asked to show of it. */
export interface Promised {
  plan: ProofPlan;
  fillKey: Uint32Array;
  walkKey: Uint32Array;
  root: Buffer;
  /** Picked after the root was known. */
  lanes: readonly number[];
}

export type Finding =
  | 'right'
  /** Not the lanes that were asked for, or not in a form that could be checked. */
  | 'not-what-was-asked'
  /** The chunk is not one of those that the root was made of. */
  | 'not-in-the-root'
  | 'wrong-result';

/**
 * Checks every lane that was picked, to the bit. Takes some milliseconds to a tenth of a second for
 * each, as `passes` × `regions` × `reads` × `rounds` of the plan say: it belongs on a thread of its own.
 */
export function verifyOpenings(promised: Promised, openings: readonly Opening[]): Finding {
  const { fillKey, lanes, plan, root, walkKey } = promised;
  const height = Math.log2(plan.lanes / chunkLanes);
  if (openings.length !== lanes.length) return 'not-what-was-asked';
  for (const [index, opening] of openings.entries()) {
    const isWhole = opening.chunk.length === chunkBytes && opening.path.length === height;
    if (opening.lane !== lanes[index] || !isWhole) return 'not-what-was-asked';
    if (!rootOf(opening).equals(root)) return 'not-in-the-root';
  }
  for (const opening of openings) {
    const expected = walkLane(plan, fillKey, walkKey, opening.lane);
    if (!laneOf(opening).equals(laneBytesOf(expected))) return 'wrong-result';
  }
  return 'right';
}

function laneBytesOf(words: Uint32Array): Buffer {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => {
    bytes.writeUInt32LE(word, index * 4);
  });
  return bytes;
}
