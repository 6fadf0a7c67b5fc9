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

/** A list as one value, so that one statement does for lists of any length. */
export const inTexts = 'IN (SELECT value FROM json_each(?))';
export const inNumbers = 'IN (SELECT CAST(value AS BIGINT) FROM json_each(?))';

/** The value of `inTexts` and `inNumbers`. */
export function toList(values: readonly (string | number)[]): string {
  return JSON.stringify(values);
}
