import type Database from 'better-sqlite3';

const prepared = new WeakMap<Database.Database, Map<string, Database.Statement>>();

/**
 * The prepared statement of a constant SQL text, compiled once per connection. Values are always
 * bound, never written into the text, so the number of statements is bounded by the source code.
 *
 * Hot texts write `+?` where an order or a limit depends on a value: SQLite looks at such values when
 * it plans, and compiles the statement anew each time one is bound. With the plus it can't look:
 * 4.5 µs instead of 18 for the events of a job, 3 instead of 20 for an agent's live executions
 * (2026-11-26, SQLite 3.54).
 */
export function statement<Row>(
  db: Database.Database,
  sql: string,
): Database.Statement<unknown[], Row> {
  let statements = prepared.get(db);
  if (statements === undefined) {
    statements = new Map();
    prepared.set(db, statements);
  }
  let found = statements.get(sql);
  if (found === undefined) {
    found = db.prepare(sql);
    statements.set(sql, found);
  }
  return found as Database.Statement<unknown[], Row>;
}

/** Every SQL text compiled so far on a connection, so that a test can look at all their plans. */
export function preparedTexts(db: Database.Database): string[] {
  return [...(prepared.get(db)?.keys() ?? [])];
}
