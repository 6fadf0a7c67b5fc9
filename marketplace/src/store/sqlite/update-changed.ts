import type Database from 'better-sqlite3';
import { statement } from './statement.ts';

/** What is bound to a column. */
export type ColumnValue = string | number | bigint | null;

/**
 * Writes only the columns that changed: SQLite renews every index that has a column of the list,
 * whether its value is another one or not. The lists come from the code that decides, so there are
 * few; nothing is written when there is nothing to change.
 */
export function updateChangedIn(
  db: Database.Database,
  table: 'executions' | 'jobs',
  key: { column: string; value: string },
  columns: ReadonlyMap<string, ColumnValue>,
): void {
  if (columns.size === 0) return;
  const list = [...columns.keys()].map((column) => `${column} = ?`).join(', ');
  const sql = `UPDATE ${table} SET ${list} WHERE ${key.column} = ?`;
  statement(db, sql).run(...columns.values(), key.value);
}
