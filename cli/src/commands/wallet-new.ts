import { resolve } from 'node:path';
import { createKeypairFile } from '@node3/shared/keypair-file';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import type { Call } from '../program/attach-action.ts';

export async function newWallet(context: Context, call: Call<object>): Promise<number> {
  const { terminal, host } = context;
  const path = resolve(host.cwd, call.args[0] ?? context.walletPath);
  const wallet = await createKeypairFile(path).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const fix = 'Name another file: node3 wallet new FILE. A key is never overwritten.';
    throw new CommandError('failure', `${path} exists already.`, fix);
  });
  if (terminal.json) await terminal.object({ path, wallet: wallet.address });
  else await terminal.data(wallet.address);
  await terminal.talk(
    `Kept in ${path}, readable by you only. Whoever has this file has the money.`,
  );
  return 0;
}
