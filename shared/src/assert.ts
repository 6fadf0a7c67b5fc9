/** Stops the current operation when the program itself is wrong. Not for bad input: that is a MarketError. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${why}`);
}

/** Makes the compiler prove that a closed union was handled completely. */
export function assertNever(value: never): never {
  throw new Error(`unreachable value: ${JSON.stringify(value)}`);
}
