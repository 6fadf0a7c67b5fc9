import type { GpuFramework } from '@node3/shared/job-spec';

/**
 * Requirements that are either met or not, as bits: a job may run where every bit it sets is set.
 * Names share bits by their hash, so a set bit proves nothing; a missing one does.
 */
export const archBits = { x64: 1 << 0, arm64: 1 << 1 } as const;
export const nativeBit = 1 << 2;

export const frameworkBits: Record<GpuFramework, number> = {
  cuda: 1 << 3,
  rocm: 1 << 4,
  metal: 1 << 5,
  oneapi: 1 << 6,
};

/** The agent has a key for secrets. */
export const sealedBit = 1 << 7;

/** Jobs may reach some hosts from there. */
export const egressBit = 1 << 8;

const labelBitFirst = 9;
const labelBits = 11;
/** Above the labels: the entries of a tree lie in the order of these bits, and regions part them best. */
const regionBitFirst = 20;
const regionBits = 12;

export function labelBit(name: string, value: string): number {
  return 1 << (labelBitFirst + (hashOf(name, hashOf(value, seed)) % labelBits));
}

export function regionBit(region: string): number {
  return 1 << (regionBitFirst + (hashOf(region, seed) % regionBits));
}

/** `eu-west-1` lies in `eu-west-1`, `eu-west` and `eu`. */
export function regionsAround(region: string): string[] {
  const parts = region.split('-');
  return parts.map((_, index) => parts.slice(0, index + 1).join('-'));
}

/** Not the same in every process: nobody can choose names that share their bits. */
const seed = Math.trunc(Math.random() * 2 ** 32);

function hashOf(text: string, from: number): number {
  let hash = from;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x735a2d97) >>> 1;
}
