/** What JSON gives: nothing about its shape is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses the JSON in a tool's output. Tools print warnings before it (amd-smi about permissions) and
 * behind it, so parsing starts at each line that could begin it, and ends where its first bracket is
 * closed. Words such as `[WARNING]` begin none. Of a list that is broken or cut off no part is taken:
 * it would stand for the whole. @returns `undefined` when there is none.
 */
export function parseJsonOutput(output: string): unknown {
  const text = withoutMarks(output);
  let end = 0;
  for (const { index } of [...text.matchAll(beginning)].slice(0, startsMax)) {
    if (index < end) continue;
    end = endOfJson(text, index);
    try {
      return JSON.parse(text.slice(index, end)) as unknown;
    } catch {
      // Brackets of a warning; a line behind them is tried.
    }
  }
  return undefined;
}

const beginning = /^[ \t]*(?=[[{]\s*["[\]{}])/gm;

/** @returns the place behind the bracket that closes the first one; the end where none does. */
function endOfJson(text: string, start: number): number {
  let depth = 0;
  for (const { 0: mark, index } of text.slice(start).matchAll(/"(?:[^"\\\n]|\\.)*"|[[\]{}]/g)) {
    if (mark === '[' || mark === '{') depth += 1;
    else if (mark === ']' || mark === '}') depth -= 1;
    if (depth === 0) return start + index + mark.length;
  }
  return text.length;
}

/** Without the mark of the byte order that PowerShell writes, and what Python writes for no number. */
function withoutMarks(output: string): string {
  return output
    .replace(/^\uFEFF/, '')
    .replace(/(:\s*)-?(?:NaN|Infinity)\b(?=\s*[,}\]])/g, '$1null');
}

const startsMax = 50;

export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : null;
}

/** @returns the value at a path such as `asic/market_name`; `undefined` where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  let at: unknown = value;
  for (const name of path.split('/')) at = asObject(at)?.[name];
  return at;
}

/** A word that stands for "no value" in every vendor's tools. */
const absent =
  /^(?:\[?(?:n\/?a|none|null|nan|unknown|not (?:supported|available|found)|err!?|error)\]?|-+|amdsmi_status_.*|n\/a .*)?$/i;

/** @returns the text of a cell; `null` for the many spellings of "no value". */
export function readText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return absent.test(text) ? null : text;
}

/** @returns the number of `42`, `"42.0"`, `"42 W"` or `{ value: 42, unit: "W" }`; else `null`. */
export function readMeasure(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  const inner = asObject(value);
  if (inner !== null) return asObject(inner['value']) === null ? readMeasure(inner['value']) : null;
  const match = /^(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?:\s*[A-Za-zµ°%/]+)?$/i.exec(
    readText(value) ?? '',
  );
  return match?.[1] === undefined ? null : Number(match[1]);
}
