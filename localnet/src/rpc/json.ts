/**
 * JSON with 64-bit integers. Solana writes u64 as bare integers, which JavaScript's numbers would
 * round; here they are bigint on both sides.
 */
interface SourceJson {
  parse(
    text: string,
    revive: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
}

/** Both are in Node since 21 but not yet in the compiler's library for ES2024. */
const json = JSON as unknown as SourceJson;

const integer = /^-?\d{16,20}$/;

/** Reads JSON; whole numbers beyond 2^53 become bigint. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  return json.parse(text, (_key, value, { source }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    return source !== undefined && integer.test(source) ? BigInt(source) : value;
  });
}

/** Writes JSON; bigint becomes a bare integer. */
export function stringifyJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? json.rawJSON(part.toString()) : part,
  );
}
