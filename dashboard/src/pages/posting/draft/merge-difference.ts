function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The merge patch (RFC 7396) that makes `after` of `before`: what changed, and null for what is gone.
 * Values that are no objects, lists too, are replaced as a whole.
 */
export function mergeDifference(before: unknown, after: unknown): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  if (!isRecord(before) || !isRecord(after)) return patch;
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) patch[name] = null;
  for (const [name, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (isRecord(old) && isRecord(value)) {
      const inner = mergeDifference(old, value);
      if (Object.keys(inner).length > 0) patch[name] = inner;
    } else if (JSON.stringify(old) !== JSON.stringify(value)) {
      patch[name] = value;
    }
  }
  return patch;
}
