import type { DatabaseAddress } from './database-address.ts';
import type { SchemaStatus } from './schema-status.ts';

/** Reads only. Throws when the database can't be asked, as a SQLite file that a marketplace has open. */
export async function readSchemaStatus(address: DatabaseAddress): Promise<SchemaStatus> {
  if (address.engine === 'sqlite') {
    const { sqliteSchemaStatus } = await import('./sqlite/manage-sqlite.ts');
    return sqliteSchemaStatus(address.path);
  }
  const { postgresSchemaStatus } = await import('./postgres/manage-postgres.ts');
  return postgresSchemaStatus(address.url);
}

/**
 * Brings the schema to the newest version, as every start does. Throws for a database of a newer
 * program. @returns how it stood before.
 */
export async function migrateSchema(address: DatabaseAddress): Promise<SchemaStatus> {
  if (address.engine === 'sqlite') {
    const { migrateSqlite } = await import('./sqlite/manage-sqlite.ts');
    return migrateSqlite(address.path);
  }
  const { migratePostgres } = await import('./postgres/manage-postgres.ts');
  return migratePostgres(address.url);
}
