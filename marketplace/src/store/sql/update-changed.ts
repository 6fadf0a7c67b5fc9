import { done, type Tx, type Work } from './work.ts';

/** What is bound to a column. */
export type ColumnValue = string | number | bigint | null;

type Table = 'executions' | 'jobs';

/** The columns of a table that can change, each with its place in a set of bits. */
export type ColumnPlaces = ReadonlyMap<string, number>;

export function placesOf(columns: readonly string[]): ColumnPlaces {
  return new Map(columns.map((column, index) => [column, 1 << index]));
}

const nothing = done<void>(undefined);

/** Written by the sets of columns that occur, so that a known one costs no text to build or to hash. */
const texts: Record<Table, Map<number, string>> = { executions: new Map(), jobs: new Map() };

/**
 * Writes only the columns that changed: SQLite renews every index that has a column of the list,
 * whether its value is another one or not. The lists come from the code that decides, so there are
 * few; nothing is written when there is nothing to change.
 */
export function updateChangedIn(
  tx: Tx,
  table: Table,
  key: { column: string; value: string },
  columns: ReadonlyMap<string, ColumnValue>,
  places: ColumnPlaces,
): Work<void> {
  if (columns.size === 0) return nothing;
  let set = 0;
  for (const column of columns.keys()) set |= places.get(column) ?? 0;
  let sql = texts[table].get(set);
  if (sql === undefined) {
    const list = [...columns.keys()].map((column) => `${column} = ?`).join(', ');
    sql = `UPDATE ${table} SET ${list} WHERE ${key.column} = ?`;
    texts[table].set(set, sql);
  }
  return tx.post(sql, ...columns.values(), key.value);
}
