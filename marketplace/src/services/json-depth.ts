/**
 * Whether arrays and objects are nested in more than `depthMax` levels. Goes level by level: what
 * reads JSON copes with any depth, while what writes it recurses and would overflow the stack.
 */
export function isDeeperThan(value: unknown, depthMax: number): boolean {
  let level = childrenOf([value]);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= depthMax) return true;
    level = level.flatMap((inner) => childrenOf(Object.values(inner)));
  }
  return false;
}

function childrenOf(values: readonly unknown[]): object[] {
  return values.filter((value): value is object => typeof value === 'object' && value !== null);
}
