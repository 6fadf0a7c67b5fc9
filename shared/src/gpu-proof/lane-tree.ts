import { hash } from 'node:crypto';
import { assert } from '../assert.ts';
import { chunkBytes, chunkLanes, laneBytes } from './proof-plan.ts';

/** A chunk of lanes, and the hashes beside its way to the root, from below. */
export interface Opening {
  lane: number;
  chunk: Buffer;
  path: Buffer[];
}

/** Whose root says what all lanes ended with. The number of chunks is a power of two. */
export class LaneTree {
  readonly #lanes: Buffer;
  readonly #levels: Buffer[][];

  /** @param lanes 16 bytes for each lane, in their order. */
  constructor(lanes: Buffer) {
    const chunks = lanes.length / chunkBytes;
    assert(chunks >= 1 && Number.isInteger(Math.log2(chunks)), 'chunks are a power of two');
    this.#lanes = lanes;
    let level = Array.from({ length: chunks }, (_, index) => leafHash(chunkOf(lanes, index)));
    this.#levels = [level];
    while (level.length > 1) {
      level = pairs(level);
      this.#levels.push(level);
    }
  }

  get root(): Buffer {
    return this.#levels.at(-1)?.[0] as Buffer;
  }

  open(lane: number): Opening {
    const index = Math.floor(lane / chunkLanes);
    const path = this.#levels
      .slice(0, -1)
      .map((level, height) => level[(index >> height) ^ 1] as Buffer);
    return { lane, chunk: chunkOf(this.#lanes, index), path };
  }
}

/** @returns the root that an opening belongs to. */
export function rootOf({ lane, chunk, path }: Opening): Buffer {
  const index = Math.floor(lane / chunkLanes);
  return path.reduce(
    (below, beside, height) =>
      ((index >> height) & 1) === 0 ? nodeHash(below, beside) : nodeHash(beside, below),
    leafHash(chunk),
  );
}

/** @returns the 16 bytes of the lane that was opened. */
export function laneOf({ lane, chunk }: Opening): Buffer {
  const start = (lane % chunkLanes) * laneBytes;
  return chunk.subarray(start, start + laneBytes);
}

function chunkOf(lanes: Buffer, index: number): Buffer {
  return lanes.subarray(index * chunkBytes, (index + 1) * chunkBytes);
}

function pairs(level: readonly Buffer[]): Buffer[] {
  return Array.from({ length: level.length / 2 }, (_, pair) =>
    nodeHash(level[2 * pair] as Buffer, level[2 * pair + 1] as Buffer),
  );
}

/** The first byte keeps a leaf from passing for a node. */
function leafHash(chunk: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(0), chunk]), 'buffer');
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer');
}
