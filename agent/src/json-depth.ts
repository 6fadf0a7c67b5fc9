/**
 * Deeper JSON than this carries no result of anybody. Reading it is fine, but writing it again
 * recurses: some thousand levels end the stack, and with it whoever stores or sends the value.
 */
export const jsonDepthMax = 128;

/** Looks level by level and without recursion. Takes what `JSON.parse` returns. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > jsonDepthMax) return true;
    level = level.flatMap((each) =>
      typeof each === 'object' && each !== null
        ? Object.values(each).filter((child) => typeof child === 'object')
        : [],
    );
  }
  return false;
}
