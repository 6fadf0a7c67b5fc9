import type { Client } from 'pg';
import type { SchemaStatus } from '../schema-status.ts';
import { checkServer } from './check-server.ts';
import { migrate, schemaStatus } from './migrate.ts';
import { PostgresConnection } from './postgres-connection.ts';

export function postgresSchemaStatus(url: string): Promise<SchemaStatus> {
  return withServer(url, schemaStatus);
}

export function migratePostgres(url: string): Promise<SchemaStatus> {
  return withServer(url, migrate);
}

/** Who administers waits longer than a request does. */
const adminSilentMs = 60_000;

async function withServer<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const settings = { url, applicationName: 'node3 admin', silentMs: adminSilentMs, session: {} };
  const connection = await PostgresConnection.open(settings);
  try {
    await checkServer(connection);
    return await use(connection.client);
  } finally {
    connection.close();
  }
}
