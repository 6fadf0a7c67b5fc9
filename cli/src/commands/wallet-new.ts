import { resolve } from 'node:path';
import { createEncryptedKeypairFile, createKeypairFile } from '@node3/shared/write-keypair-file';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { chooseNewPassphrase } from '../output/ask-passphrase.ts';
import type { Call } from '../program/attach-action.ts';

export interface WalletNewOptions {
  encrypted?: boolean;
}

export async function newWallet(context: Context, call: Call<WalletNewOptions>): Promise<number> {
  const { terminal, host } = context;
  const { encrypted } = call.options;
  const path = resolve(host.cwd, call.args[0] ?? context.walletPath);
  const creating = encrypted === true ? createEncrypted(context, path) : createKeypairFile(path);
  const wallet = await creating.catch((error: unknown) => explainExisting(error, path));
  if (terminal.json) await terminal.object({ path, wallet: wallet.address });
  else await terminal.data(wallet.address);
  await terminal.talk(
    encrypted === true
      ? `Kept encrypted in ${path}. Without the passphrase its money is lost: keep both, apart.`
      : `Kept in ${path}, readable by you only. Whoever has this file has the money.`,
  );
  return 0;
}

async function createEncrypted({ host }: Context, path: string) {
  const passphrase = await chooseNewPassphrase(host, path);
  try {
    return await createEncryptedKeypairFile(path, passphrase);
  } finally {
    passphrase.fill(0);
  }
}

/** Says it in words when there is a file already; anything else is thrown as it came. */
export function explainExisting(error: unknown, path: string): never {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  const fix = 'Name another file. A key is never overwritten.';
  throw new CommandError('failure', `${path} exists already.`, fix);
}
