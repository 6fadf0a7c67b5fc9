/** Below these a complete spec has only what the requester wrote. */
const depthMax = 2;

/**
 * A complete spec says null where the requester said nothing, which the input grammar has no word
 * for. Only the spec's own levels are touched: a script's input may hold nulls that mean something.
 */
export function withoutNulls(spec: unknown, depth = 0): unknown {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return spec;
  return Object.fromEntries(
    Object.entries(spec)
      .filter(([, field]) => field !== null)
      .map(([name, field]) => [
        name,
        name === 'input' || depth > depthMax ? field : withoutNulls(field, depth + 1),
      ]),
  );
}
