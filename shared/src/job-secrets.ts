import { type Static, Type } from 'typebox';
import { strictObject } from './schema.ts';

/** What is in the sealed box of an offer. */
export const JobSecrets = strictObject({
  /** Whole values of environment variables. */
  env: Type.Record(Type.String(), Type.String()),
  /** Contents of files below /run/secrets. */
  files: Type.Record(Type.String(), Type.String()),
  /** Values that are only parts of those, and are masked too. */
  parts: Type.Array(Type.String()),
});
export type JobSecrets = Static<typeof JobSecrets>;

/** How much there is to keep out of logs: the bytes of all different values. */
export function countSecretBytes({ env, files, parts }: JobSecrets): number {
  const values = new Set([...Object.values(env), ...Object.values(files), ...parts]);
  return [...values].reduce((sum, value) => sum + new TextEncoder().encode(value).length, 0);
}

/** What a box belongs to: it opens for no other execution. */
export function boxContext(executionId: string): string {
  return `execution:${executionId}`;
}
