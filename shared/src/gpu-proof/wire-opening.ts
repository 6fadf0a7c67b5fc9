import { type Static, Type } from 'typebox';
import { strictObject } from '../schema.ts';
import { chunkBytes } from './proof-plan.ts';

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
