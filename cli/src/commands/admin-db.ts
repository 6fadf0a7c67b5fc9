import { resolve } from 'node:path';
import type { DatabaseAddress } from '@node3/marketplace/store/database-address';
import type { SchemaStatus } from '@node3/marketplace/store/schema-status';
import { ConfigError } from '@node3/shared/env';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatFacts } from '../output/table.ts';

/**
 * These act on the database itself, which the marketplace's own variables name: DATABASE_URL, or the
 * file in MARKETPLACE_DATA_DIR. The marketplace need not run, and for a SQLite file must not.
 */

/** Exit code 1 when steps are pending, so that scripts can ask. */
export async function showSchema(context: Context): Promise<number> {
  const { readSchemaStatus } = await import('@node3/marketplace/store/manage-schema');
  const address = await addressOf(context);
  const status = await orExplain(() => readSchemaStatus(address));
  await show(context, address, status);
  return status.pending.length === 0 && status.version <= status.known
    ? exitCodes.ok.code
    : exitCodes.failure.code;
}

export async function migrateDatabase(context: Context): Promise<number> {
  const { migrateSchema, readSchemaStatus } = await import(
    '@node3/marketplace/store/manage-schema'
  );
  const address = await addressOf(context);
  const before = await orExplain(() => migrateSchema(address));
  for (const name of before.pending) await context.terminal.talk(`applied ${name}`);
  await show(context, address, await readSchemaStatus(address));
  return exitCodes.ok.code;
}

/** Where the marketplace's variables say, or where `url` does. */
export async function addressOf({ host }: Context, url?: string): Promise<DatabaseAddress> {
  const { readDatabase } = await import('@node3/marketplace/env');
  try {
    const address = readDatabase(url === undefined ? host.env : { DATABASE_URL: url });
    return address.engine === 'sqlite'
      ? { ...address, path: resolve(host.cwd, address.path) }
      : address;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CommandError('usage', error.message, 'Set DATABASE_URL as the marketplace has it.');
  }
}

async function show(context: Context, address: DatabaseAddress, status: SchemaStatus) {
  const { describeAddress } = await import('@node3/marketplace/store/database-address');
  const database = describeAddress(address);
  const { terminal } = context;
  if (terminal.json) {
    await terminal.object({ database, ...status });
    return;
  }
  const pending = status.pending.length === 0 ? 'nothing' : status.pending.join(', ');
  const facts: [string, string][] = [
    ['database', database],
    ['schema', `version ${status.version} of ${status.known}`],
    ['pending', pending],
  ];
  for (const line of formatFacts(facts)) await terminal.data(line);
}

export async function orExplain<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError('failure', why, 'Check DATABASE_URL, and that its server runs.');
  }
}
