import type Database from 'better-sqlite3';
import { migrations } from './migrations/index.ts';

/**
 * Brings the schema to the newest version, each step in its own transaction, forward only.
 * Refuses a file written by a newer program: going on could damage what it doesn't understand.
 */
export function migrate(db: Database.Database): void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT',
  );
  const applied = db.prepare('SELECT max(version) FROM schema_migrations').pluck().get();
  const current = applied === null ? 0 : Number(applied);
  if (current > migrations.length) {
    throw new Error(
      `The database has schema version ${current}, this program knows ${migrations.length}. Install the newer version again.`,
    );
  }
  for (const [index, migration] of migrations.entries()) {
    const version = index + 1;
    if (version <= current) continue;
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
