/** W3C Trace Context, version 00: the ids of a trace and of the span that goes before, and a flag. */
export const traceparentPattern = '^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$';
const traceparentExpression = new RegExp(traceparentPattern);

/** @returns null for what is none: a caller's mistake there must not cost it its request. */
export function readTraceparent(value: unknown): string | null {
  return typeof value === 'string' && traceparentExpression.test(value) ? value : null;
}
