import { type Static, Type } from 'typebox';
import { strictObject } from '../schema.ts';
import { lineBytes } from './chacha-line.ts';

/** What a lane leaves behind. */
export const laneBytes = 16;
/** Lanes are hashed in chunks, so that the tree over millions of them stays small. */
export const chunkLanes = 64;
export const chunkBytes = chunkLanes * laneBytes;
/** The largest region: every desktop driver lets a shader have as much in one buffer. */
const regionBytesMax = 1024 ** 3;
const regionBytesMin = 1024 ** 2;
/** More regions are more kernels to start; fewer waste more of the memory at the end. */
const regionsMax = 128;

/**
 * What one device has to do: fill `regions` × `regionLines` × 64 bytes, then walk them. Every lane
 * visits every region `passes` times, and reads `reads` lines there, each where the last one said.
 */
export const ProofPlan = strictObject({
  regions: Type.Integer({ minimum: 1, maximum: 4_096 }),
  regionLines: Type.Integer({
    minimum: 256,
    maximum: regionBytesMax / lineBytes,
    description: 'A power of two',
  }),
  rounds: Type.Integer({ minimum: 2, maximum: 4_096, description: 'Of ChaCha, for each line' }),
  passes: Type.Integer({ minimum: 1, maximum: 64 }),
  reads: Type.Integer({ minimum: 1, maximum: 64 }),
  lanes: Type.Integer({ minimum: 64, maximum: 2 ** 22, description: 'A power of two' }),
});
export type ProofPlan = Static<typeof ProofPlan>;

/**
 * The plan that fills most of a device. A pass reads as many lines as there are, so on one device
 * the honest walk takes as long as `passes` readings of its memory, and one that remembers nothing
 * takes as long as `passes` fillings: some ten times more. docs/guides/gpu-proof.md has the numbers.
 *
 * @returns null where the device has too little memory to speak of.
 */
export function planProof(memoryBytes: number): ProofPlan | null {
  const filled = Math.floor(memoryBytes * proofFillShare);
  let regionBytes = regionBytesMin;
  while (regionBytes < regionBytesMax && filled / regionBytes > regionsMax) regionBytes *= 2;
  const regions = Math.floor(filled / regionBytes);
  const regionLines = regionBytes / lineBytes;
  if (regions === 0) return null;
  return { regions, regionLines, rounds: 512, passes: 16, reads: 4, lanes: regionLines / 4 };
}

/** A desktop and the driver itself need some of the memory. */
const proofFillShare = 0.85;

export function filledBytes(plan: ProofPlan): number {
  return plan.regions * plan.regionLines * lineBytes;
}

/** What the walk reads in all. */
export function readBytes(plan: ProofPlan): number {
  return plan.lanes * plan.passes * plan.regions * plan.reads * lineBytes;
}
