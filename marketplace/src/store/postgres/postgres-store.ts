import { createSqlStore } from '../sql/sql-store.ts';
import type { Store } from '../store.ts';
import { PostgresDatabase, type PostgresDatabaseOptions } from './postgres-database.ts';

/**
 * Opens the store in a PostgreSQL database, which any number of processes may share. Throws when it
 * can't be reached, when it was written by a newer program, or when it would lose what it acknowledges.
 */
export async function openPostgresStore(options: PostgresDatabaseOptions): Promise<Store> {
  return createSqlStore(await PostgresDatabase.open(options));
}
