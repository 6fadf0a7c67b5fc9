import type { Value } from '../sql/work.ts';

/** A value as the wire takes it: text as it is, bytes as bytes; the server reads numbers from text. */
export type Bound = string | Buffer | null;

/** PostgreSQL's numbers of types; 0 leaves it to the server to find out what a null is. */
const types = { unknown: 0, bytes: 17, integer: 20, text: 25, float: 701 };

export function toBound(value: Value): Bound {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'object') return Buffer.from(value.buffer, value.byteOffset, value.length);
  return String(value);
}

/**
 * What the server is told of a value when the statement is prepared. Left to itself it takes the
 * value of `? + 1` for one of 32 bits.
 */
export function typeOf(value: Value): number {
  if (value === null) return types.unknown;
  if (typeof value === 'string') return types.text;
  if (typeof value === 'object') return types.bytes;
  return Number.isInteger(value) || typeof value === 'bigint' ? types.integer : types.float;
}
