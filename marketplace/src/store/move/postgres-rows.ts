import { type Client, TypeOverrides, types } from 'pg';
import { migrate, schemaStatus } from '../postgres/migrate.ts';
import { PostgresConnection } from '../postgres/postgres-connection.ts';
import { type Row, type RowSource, type RowTarget, Steps } from './row-flow.ts';
import { quoted } from './sqlite-rows.ts';

const storedColumns = `
  SELECT table_name, column_name, data_type, is_identity FROM information_schema.columns
  WHERE table_schema = current_schema() AND is_generated = 'NEVER'
  ORDER BY table_name, ordinal_position`;
const foreignKeys = `
  SELECT conrelid::regclass::text AS on_table, conname AS name, pg_get_constraintdef(oid) AS definition
  FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace`;
/** Rows that one look at a cursor brings. */
const fetched = 100;

interface Column {
  table_name: string;
  column_name: string;
  data_type: string;
  is_identity: 'YES' | 'NO';
}

/** Only what is sent as a pipeline is watched, and nothing of a copy is. */
const adminSilentMs = 60_000;

async function connect(url: string): Promise<PostgresConnection> {
  const settings = { url, applicationName: 'node3 admin', session: {} };
  return PostgresConnection.open({ ...settings, silentMs: adminSilentMs });
}

async function readColumns(client: Client): Promise<Column[]> {
  return (await client.query<Column>(storedColumns)).rows;
}

function byTable(columns: readonly Column[]): Map<string, string[]> {
  const found = Map.groupBy(columns, ({ table_name }) => table_name);
  return new Map(
    [...found].map(([table, of]) => [table, of.map(({ column_name }) => column_name)]),
  );
}

/** Whole numbers as bigint, as SQLite gives them. */
const exactTypes = new TypeOverrides();
exactTypes.setTypeParser(types.builtins.INT8, BigInt);

/** All tables as they were at one moment, whoever writes meanwhile. */
export async function postgresSource(url: string): Promise<RowSource> {
  const connection = await connect(url);
  const { client } = connection;
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const { version } = await schemaStatus(client);
  const columns = byTable(await readColumns(client));
  return {
    schemaVersion: version,
    columns,
    async *rows(table) {
      const list = (columns.get(table) ?? []).map(quoted).join(', ');
      await client.query(
        `DECLARE rows_read NO SCROLL CURSOR FOR SELECT ${list} FROM ${quoted(table)}`,
      );
      const steps = new Steps();
      for (;;) {
        const text = `FETCH ${fetched} FROM rows_read`;
        const { rows } = await client.query<Row[]>({ text, rowMode: 'array', types: exactTypes });
        if (rows.length === 0) break;
        for (const row of rows) {
          const step = steps.add(row);
          if (step !== null) yield step;
        }
      }
      yield steps.rest();
      await client.query('CLOSE rows_read');
    },
    async close() {
      connection.close();
    },
  };
}

const arrayTypes: Record<string, string> = {
  bigint: 'bigint[]',
  text: 'text[]',
  bytea: 'bytea[]',
  'double precision': 'double precision[]',
};

/** An empty database of the newest schema. Guards and references are away while rows come in, and proved after. */
export async function postgresTarget(url: string): Promise<RowTarget> {
  const connection = await connect(url);
  const { client } = connection;
  await migrate(client);
  await client.query('BEGIN');
  const described = await readColumns(client);
  const columns = byTable(described);
  const typeOf = new Map(
    described.map((column) => [`${column.table_name}.${column.column_name}`, column.data_type]),
  );
  const references = (await client.query(foreignKeys)).rows as {
    on_table: string;
    name: string;
    definition: string;
  }[];
  for (const { on_table, name } of references) {
    await client.query(`ALTER TABLE ${on_table} DROP CONSTRAINT ${quoted(name)}`);
  }
  for (const table of columns.keys()) {
    await client.query(`ALTER TABLE ${quoted(table)} DISABLE TRIGGER USER`);
    if (table === 'schema_migrations') continue;
    await client.query(`DELETE FROM ${quoted(table)}`);
  }
  return {
    columns,
    async insert(table, names, rows) {
      if (rows.length === 0) return;
      const places = names.map((name, index) => {
        const type = arrayTypes[typeOf.get(`${table}.${name}`) ?? ''];
        if (type === undefined) throw new Error(`The column ${table}.${name} has an unknown type.`);
        return `$${index + 1}::${type}`;
      });
      const list = names.map(quoted).join(', ');
      const text = `INSERT INTO ${quoted(table)} (${list}) SELECT * FROM unnest(${places.join(', ')})`;
      await client.query(
        text,
        names.map((_, index) => rows.map((row) => row[index])),
      );
    },
    async finish() {
      for (const { on_table, name, definition } of references) {
        await client.query(`ALTER TABLE ${on_table} ADD CONSTRAINT ${quoted(name)} ${definition}`);
      }
      for (const table of columns.keys()) {
        await client.query(`ALTER TABLE ${quoted(table)} ENABLE TRIGGER USER`);
      }
      for (const { table_name, column_name, is_identity } of described) {
        if (is_identity === 'NO') continue;
        await client.query(
          `SELECT setval(pg_get_serial_sequence($1, $2), coalesce(max(${quoted(column_name)}), 0) + 1, false) FROM ${quoted(table_name)}`,
          [table_name, column_name],
        );
      }
      await client.query('COMMIT');
    },
    async close() {
      connection.close();
    },
  };
}
