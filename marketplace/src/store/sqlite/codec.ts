/** Between rows, whose integers are all bigint, and the domain, where only money is. */

export function toNumberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}

/** Only for text that the store itself has written. */
export function fromJson(text: string): unknown {
  return JSON.parse(text);
}

export function toJsonOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** Items for `IN (SELECT value FROM json_each(?))`: one statement for lists of any length. */
export function toList(values: readonly string[]): string {
  return JSON.stringify(values);
}
