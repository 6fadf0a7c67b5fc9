/** In Node since 21, not yet in the compiler's library for ES2024. */
interface SourceJson {
  parse(
    text: string,
    revive: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
}

const wholeNumber = /^-?\d{16,20}$/;

/**
 * Solana writes 64-bit integers as bare numbers, which JavaScript would round. Those beyond 2^53
 * become bigint here; smaller ones stay numbers. Throws SyntaxError.
 */
export function parseRpcJson(text: string): unknown {
  return (JSON as unknown as SourceJson).parse(text, (_key, value, { source }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    return source !== undefined && wholeNumber.test(source) ? BigInt(source) : value;
  });
}
