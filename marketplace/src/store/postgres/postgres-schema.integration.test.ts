import { mustSkip } from '@node3/shared/testing/resources';
import Database from 'better-sqlite3';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  postgresProbe,
  startTestPostgres,
  type TestPostgres,
} from '../../testing/test-postgres.ts';
import { migrate as migrateSqlite } from '../sqlite/migrate.ts';
import {
  changedCounts,
  labelledJob,
  labelsTold,
  selectLabels,
  selectTypedCounts,
  typedChanges,
  typedCounts,
  untypedBash,
  untypedJobs,
} from '../testing/typed-jobs.ts';
import { migrate, migrateTo, schemaStatus } from './migrate.ts';
import { migrations } from './migrations/index.ts';

/** What only one of the engines needs. */
const own = { tables: ['writer_commits'], triggers: /_not_emptied$/ };

/** The version before jobs had types. */
const typesAt = migrations.findIndex(({ name }) => name === 'job-types');
/** The version before their labels had a table. */
const labelsAt = migrations.findIndex(({ name }) => name === 'job-labels');

const postgresColumns = `
  SELECT table_name || '.' || column_name AS name, data_type, is_nullable FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name <> 'schema_migrations' ORDER BY 1`;

describe.skipIf(mustSkip(postgresProbe))('the schema of PostgreSQL', () => {
  let server: TestPostgres;
  let url = '';
  let sqlite: Database.Database;

  beforeAll(async () => {
    server = await startTestPostgres();
    url = await server.createDatabase();
    await withClient(url, migrate);
    sqlite = new Database(':memory:');
    migrateSqlite(sqlite);
  });
  afterAll(async () => {
    sqlite.close();
    await server.stop();
  });

  async function names(sql: string): Promise<string[]> {
    return (await server.sql(sql, url)).map(({ name }) => String(name));
  }

  it('has the tables and columns of SQLite, of the same kind', async () => {
    const kinds = { INTEGER: 'bigint', TEXT: 'text', REAL: 'double precision', BLOB: 'bytea' };
    const theirs = sqlite.prepare<[], SqliteColumn>(sqliteColumnRows).all();
    const expected = theirs.map(({ name, type, isRequired }) => {
      const kind = kinds[type.replace(' GENERATED ALWAYS', '') as keyof typeof kinds];
      return `${name} ${kind}${isRequired ? ' NOT NULL' : ''}`;
    });
    const found = await server.sql(postgresColumns, url);
    const ours = found
      .filter(({ name }) => !own.tables.includes(String(name).split('.')[0] ?? ''))
      .map(({ name, data_type, is_nullable }) =>
        [name, data_type, ...(is_nullable === 'NO' ? ['NOT NULL'] : [])].join(' '),
      );
    expect(ours.toSorted()).toEqual(expected.toSorted());
  });

  it('has a trigger for each of SQLite, by name', async () => {
    const theirs = sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck();
    const ours = await names('SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal');
    const twins = ours.filter((name) => !own.triggers.test(name));
    expect(twins.toSorted()).toEqual((theirs.all() as string[]).toSorted());
  });

  it('has an index for each of SQLite, by name', async () => {
    const select = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
    const theirs = sqlite.prepare(select).pluck().all() as string[];
    const ours = await names(
      'SELECT indexname AS name FROM pg_indexes WHERE schemaname = current_schema()',
    );
    expect(theirs.filter((name) => !ours.includes(name))).toEqual([]);
  });

  it('refers to the same tables', async () => {
    const select = `
      SELECT tables.name || '.' || keys."from" || ' ' || keys."table" AS name
      FROM sqlite_schema AS tables, pragma_foreign_key_list(tables.name) AS keys
      WHERE tables.type = 'table'`;
    const theirs = sqlite.prepare(select).pluck().all() as string[];
    const ours = await names(`
      SELECT conrelid::regclass || '.' || attname || ' ' || confrelid::regclass AS name
      FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
      WHERE contype = 'f'`);
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });

  it('has as many checks on each table', async () => {
    const select =
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    const theirs = (sqlite.prepare(select).all() as { name: string; sql: string }[])
      .map(({ name, sql }) => `${name} ${sql.split(/\bCHECK\b/).length - 1}`)
      .filter((line) => !line.endsWith(' 0'));
    const ours = await names(`
      SELECT conrelid::regclass || ' ' || count(*) AS name FROM pg_constraint
      WHERE contype = 'c' AND conrelid <> 0 AND conrelid::regclass::text <> ALL ('{${own.tables.join()}}')
      GROUP BY conrelid`);
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });

  it('compares every text byte by byte', async () => {
    const otherwise = await names(`
      SELECT attrelid::regclass || '.' || attname AS name FROM pg_attribute
      JOIN pg_class ON pg_class.oid = attrelid JOIN pg_collation ON pg_collation.oid = attcollation
      WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND collname <> 'C'`);
    expect(otherwise).toEqual([]);
  });

  it('never empties a table whose rows are kept', async () => {
    const kept = await names(`
      SELECT tgrelid::regclass AS name FROM pg_trigger WHERE tgname LIKE '%\\_kept'`);
    expect(kept).toContain('transfers');
    for (const table of kept) {
      await expect(server.sql(`TRUNCATE ${table} CASCADE`, url)).rejects.toThrow(
        /never|deleted|for ever/,
      );
    }
  });

  it('is the same from every earlier version on', async () => {
    const whole = await describeSchema(url);
    for (let version = 0; version < migrations.length; version += 1) {
      const older = await server.createDatabase();
      await withClient(older, (client) => migrateTo(client, version));
      await withClient(older, async (client) => {
        expect((await schemaStatus(client)).pending).toHaveLength(migrations.length - version);
        expect((await migrate(client)).pending).toHaveLength(migrations.length - version);
        expect((await migrate(client)).pending).toEqual([]);
      });
      expect(await describeSchema(older)).toEqual(whole);
    }
  });

  it('counts the jobs that were there by type, and goes on counting', async () => {
    const older = await untypedDatabase();
    await withClient(older, migrate);
    expect(await typedCountsOf(older)).toEqual(typedCounts);
    for (const statement of typedChanges) await server.sql(statement, older);
    expect(await typedCountsOf(older)).toEqual(changedCounts);
  });

  it('finds the labels of the jobs that were there, and of those that come', async () => {
    const older = await untypedDatabase();
    await withClient(older, migrate);
    const labels = async () => (await server.sql(selectLabels, older)).map(({ name }) => name);
    expect(await labels()).toEqual(labelsTold('postgres'));
    for (const statement of labelledJob('job_9')) await server.sql(statement, older);
    expect((await labels()).at(0)).toBe('acc_1 team blue');
  });

  it('counts them by type while jobs go on being posted, and misses none', async () => {
    const older = await untypedDatabase();
    await withClient(older, async (poster) => {
      // What reads the specs has no lock on the jobs yet.
      await poster.query("BEGIN; LOCK TABLE job_specs; SET LOCAL lock_timeout = '10s'");
      const early = withClient(older, (client) => migrateTo(client, typesAt + 1));
      await untilWaitingFor('job_specs', older);
      for (const statement of untypedBash('job_8')) await poster.query(statement);
      await poster.query('COMMIT');
      await early;
    });
    expect(await typedCountsOf(older)).toContain('queued bash 1');

    const later = await untypedDatabase();
    await withClient(later, async (poster) => {
      // It has read the specs, without this one, when it waits for the jobs.
      await poster.query('BEGIN');
      for (const statement of untypedBash('job_8')) await poster.query(statement);
      const late = withClient(later, (client) => migrateTo(client, typesAt + 1));
      await untilWaitingFor('jobs', later);
      await poster.query('COMMIT');
      await late;
    });
    expect(await typedCountsOf(later)).toContain('queued bash 1');
  });

  it('finds the labels of jobs that are posted meanwhile, and locks no jobs while it reads', async () => {
    const older = await untypedDatabase();
    await withClient(older, (client) => migrateTo(client, labelsAt));
    await withClient(older, async (poster) => {
      await poster.query('BEGIN; LOCK TABLE jobs');
      const reads = withClient(older, (client) => migrateTo(client, labelsAt + 1));
      const [reading] = await untilWaitingFor('jobs', older);
      expect(reading?.['mode']).toBe('AccessShareLock');
      for (const statement of labelledJob('job_9')) await poster.query(statement);
      await poster.query('COMMIT');
      await reads;
    });
    const labels = await server.sql(selectLabels, older);
    expect(labels.at(0)?.['name']).toBe('acc_1 team blue');
    expect(labels).toHaveLength(labelsTold('postgres').length + 1);
  });

  it('is made once, however many processes start at once', async () => {
    const fresh = await server.createDatabase();
    const steps = await Promise.all([1, 2, 3, 4].map(() => withClient(fresh, migrate)));
    const taken = steps.map(({ pending }) => pending.length);
    expect(taken.toSorted((a, b) => a - b)).toEqual([0, 0, 0, migrations.length]);
  });

  it('leaves nothing behind of a step that fails', async () => {
    const half = await server.createDatabase();
    await server.sql('CREATE TABLE schedules (id INT)', half);
    await expect(withClient(half, migrate)).rejects.toThrow('already exists');
    const { version } = await withClient(half, schemaStatus);
    expect(migrations[version]?.name).toBe('schedules');
    await server.sql('DROP TABLE schedules', half);
    await withClient(half, migrate);
    expect(await describeSchema(half)).toEqual(await describeSchema(url));
  });

  async function untypedDatabase() {
    const older = await server.createDatabase();
    await withClient(older, (client) => migrateTo(client, typesAt));
    for (const statement of untypedJobs) await server.sql(statement, older);
    return older;
  }

  async function typedCountsOf(of: string) {
    return (await server.sql(selectTypedCounts, of)).map(({ name }) => String(name));
  }

  function untilWaitingFor(table: string, of: string) {
    const waiting = `SELECT mode FROM pg_locks WHERE relation = '${table}'::regclass AND NOT granted`;
    return vi.waitFor(async () => {
      const found = await server.sql(waiting, of);
      expect(found).toHaveLength(1);
      return found;
    }, 10_000);
  }

  function describeSchema(of: string) {
    return server.sql(
      `SELECT table_name, column_name, data_type, column_default, is_nullable
       FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2`,
      of,
    );
  }
});

interface SqliteColumn {
  name: string;
  type: string;
  isRequired: number;
}

/** A key is required on PostgreSQL, and in SQLite's tables that are strict as well. */
const sqliteColumnRows = `
  SELECT tables.name || '.' || columns.name AS name, columns.type AS type,
    (columns."notnull" OR columns.pk) AS isRequired
  FROM sqlite_schema AS tables, pragma_table_xinfo(tables.name) AS columns
  WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'
    AND tables.name <> 'schema_migrations'`;

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
