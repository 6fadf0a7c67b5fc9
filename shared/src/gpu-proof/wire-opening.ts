import { type Static, Type } from 'typebox';
import { strictObject } from '../schema.ts';
import { chunkBytes, type Opening } from './lane-tree.ts';

/** The deepest tree has 2^22 lanes in chunks of 64. */
const pathMax = 16;

/** One lane that was opened, as JSON. */
export const WireOpening = strictObject({
  lane: Type.Integer({ minimum: 0, maximum: 2 ** 22 - 1 }),
  chunk: Type.String({
    maxLength: Math.ceil(chunkBytes / 3) * 4,
    description: 'The ends of 64 lanes, base64',
  }),
  path: Type.Array(Type.String({ pattern: '^[0-9a-f]{64}$' }), {
    maxItems: pathMax,
    description: 'The hashes beside its way to the root, from below',
  }),
});
export type WireOpening = Static<typeof WireOpening>;

export function readOpening({ chunk, lane, path }: WireOpening): Opening {
  const hashes = path.map((beside) => Buffer.from(beside, 'hex'));
  return { lane, chunk: Buffer.from(chunk, 'base64'), path: hashes };
}

export function writeOpening({ chunk, lane, path }: Opening): WireOpening {
  return {
    lane,
    chunk: chunk.toString('base64'),
    path: path.map((beside) => beside.toString('hex')),
  };
}
