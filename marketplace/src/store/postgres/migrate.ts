import type { Client } from 'pg';
import { assertNotNewer, type SchemaStatus } from '../schema-status.ts';
import { migrations } from './migrations/index.ts';

/** One number for all programs that migrate; any that nobody else is likely to lock. */
const migrationLock = 7_316_042_001;

/**
 * Brings the schema to the newest version, each step in its own transaction, forward only. Of several
 * processes that start at once one does it and the others wait. Refuses a database that was written
 * by a newer program: going on could damage what it doesn't understand.
 * @returns how it stood before.
 */
export function migrate(client: Client): Promise<SchemaStatus> {
  return migrateTo(client, migrations.length);
}

/** The same up to an earlier version: for tests of what comes after it. */
export async function migrateTo(client: Client, target: number): Promise<SchemaStatus> {
  await client.query(`SELECT pg_advisory_lock(${migrationLock})`);
  try {
    await client.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT COLLATE "C" NOT NULL)',
    );
    const status = await schemaStatus(client);
    assertNotNewer(status);
    for (const [index, migration] of migrations.slice(0, target).entries()) {
      if (index >= status.version) await apply(client, index + 1, migration);
    }
    return status;
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${migrationLock})`);
  }
}

/** Reads only; an empty database has version 0. */
export async function schemaStatus(client: Client): Promise<SchemaStatus> {
  const found = await client.query<{ exists: boolean }>(
    "SELECT to_regclass('schema_migrations') IS NOT NULL AS exists",
  );
  const known = migrations.length;
  const names = migrations.map(({ name }) => name);
  if (found.rows[0]?.exists !== true) return { version: 0, known, pending: names };
  const newest = await client.query<{ version: string }>(
    'SELECT coalesce(max(version), 0) AS version FROM schema_migrations',
  );
  const version = Number(newest.rows[0]?.version ?? 0);
  return { version, known, pending: names.slice(version) };
}

async function apply(
  client: Client,
  version: number,
  { name, sql }: { name: string; sql: string },
): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(collated(sql));
    await client.query('INSERT INTO schema_migrations (version, name) VALUES ($1, $2)', [
      version,
      name,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** Text is compared byte by byte, as SQLite does, whatever language the database sorts by. */
function collated(sql: string): string {
  return sql.replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"');
}
