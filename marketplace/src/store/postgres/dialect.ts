import { inNumbers, inTexts } from '../sql/codec.ts';
import type { Value, Values } from '../sql/work.ts';

/** A statement as PostgreSQL takes it. */
export interface Translated {
  text: string;
  /** The property for each `$n` where the text names its values; null where they stand in order. */
  names: readonly string[] | null;
}

const translations = new Map<string, Translated>();

/** A constant text, translated once. Their number is bounded by the source code. */
export function translated(sql: string): Translated {
  let found = translations.get(sql);
  if (found === undefined) {
    found = translate(sql);
    translations.set(sql, found);
  }
  return found;
}

const elements = 'SELECT jsonb_array_elements_text(CAST(? AS jsonb))';

/** What is said in another way, in the order in which it is looked for. */
const sayings: readonly [RegExp | string, string][] = [
  [inTexts, `= ANY (ARRAY(${elements}))`],
  [inNumbers, `= ANY (ARRAY(${elements}::bigint))`],
  // The planner of PostgreSQL takes no orders.
  [/\s+INDEXED BY \w+/g, ''],
  [/(?<=\b(?:AND|OR|WHERE|BY) )\+(?=[a-z])/g, ''],
  // Of a null alone PostgreSQL can't tell the type.
  [/(\?|@\w+)(?= IS (?:NOT )?NULL)/g, 'CAST($1 AS text)'],
  [/\binstr\(/g, 'strpos('],
  [/\bifnull\(/g, 'coalesce('],
  // Of several columns; those of one are aggregates in both.
  [/\bmin\((?=\w+,)/g, 'least('],
  [/ORDER BY rowid/g, 'ORDER BY payout_id'],
];

/** Quoted texts, which stay as they are, and what stands for a value. */
const tokens = /'(?:[^']|'')*'|\+?\?|\+?@([A-Za-z]\w*)/g;

/**
 * From the common SQL of the works to PostgreSQL's: values are `$n`, and what only SQLite's planner
 * wants to hear is left out.
 */
export function translate(sql: string): Translated {
  const names: string[] = [];
  let positions = 0;
  const said = sayings.reduce((text, [from, to]) => text.replaceAll(from, to), sql);
  const text = said.replaceAll(tokens, (token, name: string | undefined) => {
    if (token.startsWith("'")) return token;
    if (name === undefined) {
      positions += 1;
      return `$${positions}`;
    }
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  if (names.length > 0 && positions > 0) {
    throw new Error(`values are named or in order, not both: ${sql}`);
  }
  return { text, names: names.length === 0 ? null : names };
}

/** Values in the order of `$1`, `$2`, … */
export function inOrder({ names, text }: Translated, values: Values): readonly Value[] {
  if (names === null) return values as readonly Value[];
  const named = values[0] as Readonly<Record<string, Value | undefined>>;
  return names.map((name) => {
    const value = named[name];
    if (value === undefined) throw new Error(`no value for @${name} of: ${text}`);
    return value;
  });
}

const numbered = new Map<string, { text: string; table: string }>();

/**
 * An insert of one row in the common SQL that gives `column` a number of ours as its last value:
 * `INSERT INTO t (a) VALUES (?)` becomes `INSERT INTO t (a, n) VALUES (?, ?)`.
 */
export function withColumn(sql: string, column: string): { text: string; table: string } {
  let found = numbered.get(sql);
  if (found === undefined) {
    const parts = /^\s*INSERT INTO (\w+) \(([^)]*)\)\s*VALUES \(([^)]*)\)\s*$/.exec(sql);
    const [, table, columns, values] = parts ?? [];
    if (table === undefined) throw new Error(`not an insert of one row: ${sql}`);
    const text = `INSERT INTO ${table} (${columns}, ${column}) VALUES (${values}, ?)`;
    found = { table, text };
    numbered.set(sql, found);
  }
  return found;
}
