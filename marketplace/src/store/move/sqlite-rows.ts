import Database from 'better-sqlite3';
import { migrate, schemaStatus } from '../sqlite/migrate.ts';
import { setPragmas } from '../sqlite/sqlite-pragmas.ts';
import { type Row, type RowSource, type RowTarget, Steps } from './row-flow.ts';

const tables = `
  SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`;
/** 0 is a plain column, 2 and 3 are computed. */
const storedColumns = 'SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0';

function columnsOf(db: Database.Database): Map<string, string[]> {
  const names = db.prepare<[], string>(tables).pluck().all();
  const columns = db.prepare<[string], string>(storedColumns).pluck();
  return new Map(names.map((name) => [name, columns.all(name)]));
}

/** A file that nobody else has open. Throws when somebody has. */
export function openFile(path: string, mustExist: boolean): Database.Database {
  const db = new Database(path, { timeout: 1_000, fileMustExist: mustExist });
  try {
    db.defaultSafeIntegers(true);
    setPragmas(db);
    return db;
  } catch (error) {
    db.close();
    const isBusy =
      error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
    if (!isBusy) throw error;
    const message = `Another process uses the database ${path}. Stop the marketplace first.`;
    throw new Error(message, { cause: error });
  }
}

export function sqliteSource(path: string): RowSource {
  const db = openFile(path, true);
  const columns = columnsOf(db);
  return {
    schemaVersion: schemaStatus(db).version,
    columns,
    async *rows(table) {
      const list = (columns.get(table) ?? []).map(quoted).join(', ');
      const steps = new Steps();
      for (const row of db
        .prepare(`SELECT ${list} FROM ${quoted(table)}`)
        .raw()
        .iterate()) {
        const step = steps.add(row as Row);
        if (step !== null) yield step;
      }
      yield steps.rest();
    },
    async close() {
      db.close();
    },
  };
}

/** A new file of the newest schema. Its guards are away while rows come in: what they count is among the rows. */
export function sqliteTarget(path: string): RowTarget {
  const db = openFile(path, false);
  migrate(db);
  const columns = columnsOf(db);
  const guards = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  db.pragma('foreign_keys = OFF');
  db.exec('BEGIN IMMEDIATE');
  for (const { name } of guards) db.exec(`DROP TRIGGER ${quoted(name)}`);
  for (const table of columns.keys()) {
    if (table !== 'schema_migrations') db.exec(`DELETE FROM ${quoted(table)}`);
  }
  return {
    columns,
    async insert(table, names, rows) {
      const places = names.map(() => '?').join(', ');
      const insert = db.prepare(
        `INSERT INTO ${quoted(table)} (${names.map(quoted).join(', ')}) VALUES (${places})`,
      );
      for (const row of rows) insert.run(...row);
    },
    async finish() {
      for (const { sql } of guards) db.exec(sql);
      const broken = db.prepare('PRAGMA foreign_key_check').all();
      if (broken.length > 0) throw new Error(`${broken.length} rows refer to what is not there.`);
      db.exec('COMMIT');
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
    async close() {
      db.close();
    },
  };
}

export function quoted(name: string): string {
  return `"${name}"`;
}
