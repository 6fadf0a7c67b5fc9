import { createSqlStore } from '../sql/sql-store.ts';
import type { Store } from '../store.ts';
import { SqliteDatabase, type SqliteDatabaseOptions } from './sqlite-database.ts';

/**
 * Opens the store in one SQLite file, which only this process may use. Throws when another one
 * does, when the file was written by a newer program, or when the durability settings don't hold.
 */
export function openSqliteStore(options: SqliteDatabaseOptions): Store {
  const sqlite = new SqliteDatabase(options);
  // The file's lock proves that no other worker lives: a killed one's lease need not run out.
  sqlite.forgetLeases();
  return createSqlStore(sqlite);
}
