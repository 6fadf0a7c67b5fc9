import type Database from 'better-sqlite3';
import { assertNotNewer, type SchemaStatus } from '../schema-status.ts';
import { migrations } from './migrations/index.ts';

/**
 * Brings the schema to the newest version, each step in its own transaction, forward only.
 * Refuses a file written by a newer program: going on could damage what it doesn't understand.
 */
export function migrate(db: Database.Database): void {
  migrateTo(db, migrations.length);
}

/** The same up to an earlier version: for tests of what comes after it. */
export function migrateTo(db: Database.Database, target: number): void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT',
  );
  const status = schemaStatus(db);
  assertNotNewer(status);
  for (const [index, migration] of migrations.slice(0, target).entries()) {
    const version = index + 1;
    if (version <= status.version) continue;
    db.transaction(() => {
      db.exec(migration.sql);
      migration.fill?.(db);
      db.prepare('INSERT INTO schema_migrations (version, name) VALUES (?, ?)').run(
        version,
        migration.name,
      );
    }).immediate();
  }
}

/** Reads only; null is a file that isn't there. */
export function schemaStatus(db: Database.Database | null): SchemaStatus {
  const version = db === null ? 0 : versionOf(db);
  const names = migrations.map(({ name }) => name);
  return { version, known: names.length, pending: names.slice(version) };
}

function versionOf(db: Database.Database): number {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'").get();
  if (table === undefined) return 0;
  return Number(db.prepare('SELECT max(version) FROM schema_migrations').pluck().get() ?? 0);
}
