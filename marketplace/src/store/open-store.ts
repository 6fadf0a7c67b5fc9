import type { Logger } from '@node3/shared/logger';
import type { DatabaseAddress } from './database-address.ts';
import type { Store } from './store.ts';

export interface OpenStoreOptions {
  log: Logger;
  /** Called once when the database can't be trusted any more; the process must end. */
  onFatal(error: unknown): void;
}

/** Opens the store where the address says; its engine is loaded then, and the other one never. */
export async function openStore(
  address: DatabaseAddress,
  options: OpenStoreOptions,
): Promise<Store> {
  if (address.engine === 'sqlite') {
    const { openSqliteStore } = await import('./sqlite/sqlite-store.ts');
    return openSqliteStore({ ...options, path: address.path });
  }
  const { openPostgresStore } = await import('./postgres/postgres-store.ts');
  return openPostgresStore({ ...options, url: address.url });
}
