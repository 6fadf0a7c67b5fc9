import { type Static, Type } from 'typebox';
import { nullable, strictObject } from './schema.ts';

/** How far a running job is, by the word of who runs it; what it does not tell is null. */
export const WorkProgress = strictObject({
  percent: nullable(Type.Number({ minimum: 0, maximum: 100 })),
  stage: nullable(Type.String({ maxLength: 64, description: 'Such as epoch 3' })),
  message: nullable(Type.String({ maxLength: 1_000 })),
});
export type WorkProgress = Static<typeof WorkProgress>;
