import { resolve } from 'node:path';
import { readKeypairSecret } from '@node3/shared/keypair-file';
import { encryptedText, plainText, writeKeypairFile } from '@node3/shared/write-keypair-file';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { askPassphrase, chooseNewPassphrase } from '../output/ask-passphrase.ts';
import type { Call } from '../program/attach-action.ts';
import { explainExisting } from './wallet-new.ts';
import { findWallet } from './wallet-show.ts';

export interface WalletEncryptionOptions {
  /** A new file beside the old one, instead of in its place. */
  out?: string;
}

type WalletEncryptionCall = Call<WalletEncryptionOptions>;

/** Puts an encrypted wallet file into the place of a plain one. */
export async function encryptWallet(context: Context, call: WalletEncryptionCall): Promise<number> {
  const { host, terminal } = context;
  const { path, address, protection } = await findWallet(context, call.args[0]);
  if (protection === 'encrypted') {
    const fix = 'For another passphrase, decrypt it first: node3 wallet decrypt FILE';
    throw new CommandError('failure', `${path} is encrypted already.`, fix);
  }
  const passphrase = await chooseNewPassphrase(host, path);
  const secret = await readKeypairSecret(path);
  try {
    await put(context, call, path, await encryptedText(secret, passphrase));
  } finally {
    passphrase.fill(0);
    secret.fill(0);
  }
  await answer(context, call, { path, address });
  await terminal.talk(
    'Copies of the plain file, in backups and on the disk itself, are as dangerous as before.',
  );
  return 0;
}

/** Puts a plain wallet file into the place of an encrypted one. */
export async function decryptWallet(context: Context, call: WalletEncryptionCall): Promise<number> {
  const { host, terminal } = context;
  const { path, address, protection } = await findWallet(context, call.args[0]);
  if (protection === 'plain') {
    const fix = 'There is nothing to decrypt.';
    throw new CommandError('failure', `${path} is not encrypted.`, fix);
  }
  const secret = await readKeypairSecret(path, askPassphrase(host));
  try {
    await put(context, call, path, plainText(secret));
  } finally {
    secret.fill(0);
  }
  await answer(context, call, { path, address });
  await terminal.talk('Whoever has this file has the money.');
  return 0;
}

/** The passphrase in it was just typed twice or read from a file, so the old one may go at once. */
async function put(
  { host }: Context,
  { options }: WalletEncryptionCall,
  path: string,
  text: string,
): Promise<void> {
  if (options.out === undefined) return writeKeypairFile(path, text, 'replace');
  const target = resolve(host.cwd, options.out);
  return writeKeypairFile(target, text, 'new').catch((error: unknown) =>
    explainExisting(error, target),
  );
}

async function answer(
  { host, terminal }: Context,
  { options }: WalletEncryptionCall,
  wallet: { path: string; address: string },
): Promise<void> {
  const path = options.out === undefined ? wallet.path : resolve(host.cwd, options.out);
  if (terminal.json) await terminal.object({ path, wallet: wallet.address });
  else await terminal.data(path);
}
