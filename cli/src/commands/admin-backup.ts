import { open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Moved } from '@node3/marketplace/store/move/move-database';
import { systemClock } from '@node3/shared/clock';
import { downloadBackup } from '@node3/shared/routes/backup';
import { CommandError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Call } from '../program/attach-action.ts';
import { addressOf, orExplain } from './admin-db.ts';

export interface BackUpOptions {
  direct?: boolean;
}

export async function backUp(context: Context, call: Call<BackUpOptions>): Promise<number> {
  const name = call.args[0] ?? '';
  const file = resolve(context.host.cwd, name);
  if (call.options.direct === true) {
    const { backUpDatabase } = await import('@node3/marketplace/store/move/move-database');
    const address = await addressOf(context);
    await tell(context, name, await orExplain(() => backUpDatabase(address, file)));
    return exitCodes.ok.code;
  }
  const bytes = await download(context, file, name);
  if (context.terminal.json) await context.terminal.object({ file: name, bytes });
  else await context.terminal.talk(`${name}: ${bytes} bytes`);
  return exitCodes.ok.code;
}

export async function restore(context: Context, call: Call<unknown>): Promise<number> {
  const { restoreDatabase } = await import('@node3/marketplace/store/move/move-database');
  const name = call.args[0] ?? '';
  const file = resolve(context.host.cwd, name);
  const address = await addressOf(context);
  const nowMs = systemClock.nowMs();
  await tell(context, name, await orExplain(() => restoreDatabase(file, address, nowMs)));
  await context.terminal.talk(
    'Payouts wait until the chain was compared with it: node3 admin payouts status.',
  );
  return exitCodes.ok.code;
}

export interface CopyOptions {
  to: string;
}

export async function copyDatabase(context: Context, call: Call<CopyOptions>): Promise<number> {
  const { copyToPostgres } = await import('@node3/marketplace/store/move/move-database');
  const from = await addressOf(context);
  const to = await addressOf(context, call.options.to);
  const moved = await orExplain(() => copyToPostgres(from, to, systemClock.nowMs()));
  await tell(context, 'copied', moved);
  await context.terminal.talk(
    `The file is ${moved.keptAs} now. Set DATABASE_URL to the new place and start the marketplace.`,
  );
  return exitCodes.ok.code;
}

/** The file is there once it is complete. */
async function download(context: Context, file: string, name: string): Promise<number> {
  const chunks = connect(context, 'operator').bytes(downloadBackup, {});
  const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError('failure', why, `Name a new file instead of ${name}.`);
  });
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      await handle.writeFile(chunk);
      bytes += chunk.length;
    }
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return bytes;
}

async function tell({ terminal }: Context, what: string, { rows, tables }: Moved): Promise<void> {
  if (terminal.json) await terminal.object({ rows, tables });
  else await terminal.talk(`${what}: ${rows} rows in ${Object.keys(tables).length} tables`);
}
