import { usageError } from '../command-error.ts';

/** The rows of an answer: its `data`, a list itself, or the one thing it is. */
export function rowsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const data = isRecord(value) ? value['data'] : undefined;
  return Array.isArray(data) ? data : [value];
}

/** A field by its path, such as `price.amount`; undefined where there is none. */
export function fieldOf(row: unknown, path: string): unknown {
  let value = row;
  for (const name of path.split('.')) value = isRecord(value) ? value[name] : undefined;
  return value;
}

/** The answer with only these fields of its rows. */
export function pickFields(value: unknown, fields: readonly string[]): unknown {
  requireFields(rowsOf(value), fields);
  const pick = (row: unknown) =>
    Object.fromEntries(fields.map((path) => [path, fieldOf(row, path) ?? null]));
  if (Array.isArray(value)) return value.map(pick);
  if (!isRecord(value) || !Array.isArray(value['data'])) return pick(value);
  return { ...value, data: value['data'].map(pick) };
}

/** A field that no row has is a slip of the pen. */
export function requireFields(rows: readonly unknown[], fields: readonly string[]): void {
  for (const field of fields) {
    if (rows.length === 0 || rows.some((row) => fieldOf(row, field) !== undefined)) continue;
    const known = isRecord(rows[0]) ? Object.keys(rows[0]).join(', ') : '';
    throw usageError(`--columns names "${field}", which is not there.`, `There are: ${known}.`);
  }
}

/** What each row is called by: its first field that is an id, a signature or a number of an event. */
export function idsOf(value: unknown): string[] {
  return rowsOf(value).map((row) => {
    const entries = isRecord(row) ? Object.entries(row) : [];
    const found = entries.find(([name]) => /^(seq|signature)$|Id$/.test(name));
    if (found !== undefined) return String(found[1]);
    throw usageError('What this command answers has no ids.', 'Take another --format.');
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
