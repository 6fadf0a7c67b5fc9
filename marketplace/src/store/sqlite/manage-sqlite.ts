import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { SchemaStatus } from '../schema-status.ts';
import { migrate, schemaStatus } from './migrate.ts';
import { setPragmas } from './sqlite-pragmas.ts';

/** A file that isn't there has version 0, and is not made. */
export function sqliteSchemaStatus(path: string): SchemaStatus {
  if (!existsSync(path)) return schemaStatus(null);
  return withFile(path, schemaStatus);
}

export function migrateSqlite(path: string): SchemaStatus {
  return withFile(path, (db) => {
    const before = schemaStatus(db);
    migrate(db);
    return before;
  });
}

function withFile<T>(path: string, use: (db: Database.Database) => T): T {
  const db = new Database(path, { timeout: 1_000 });
  try {
    db.defaultSafeIntegers(true);
    setPragmas(db);
    return use(db);
  } catch (error) {
    if (!(error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')))
      throw error;
    const message = `Another process uses the database ${path}. Stop the marketplace first.`;
    throw new Error(message, { cause: error });
  } finally {
    db.close();
  }
}
