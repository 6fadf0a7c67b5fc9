import { resolve } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';
import { readKeypairAddress } from '@node3/shared/keypair-file';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import type { Call } from '../program/attach-action.ts';

export interface WalletFileOptions {
  wallet?: string;
}

export async function showWallet(context: Context, call: Call<WalletFileOptions>): Promise<number> {
  const { terminal } = context;
  const { path, address, protection } = await findWallet(context, call.options.wallet);
  if (terminal.json) await terminal.object({ path, wallet: address, protection });
  else await terminal.data(address);
  await terminal.talk(protection === 'encrypted' ? `${path} (encrypted)` : path);
  return 0;
}

/**
 * The wallet named, or the one of this marketplace; needs no passphrase. Says how to make one when
 * there is none.
 */
export async function findWallet(context: Context, name: string | undefined) {
  const path = resolve(context.host.cwd, name ?? context.walletPath);
  try {
    return { path, ...(await readKeypairAddress(path)) };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const fix = `Create it: node3 wallet new${name === undefined ? '' : ` ${name}`}`;
    throw new CommandError('failure', `There is no wallet at ${path}.`, fix);
  }
}
