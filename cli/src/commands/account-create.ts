import { resolve } from 'node:path';
import { ensureKeypairFile } from '@node3/shared/keypair-file';
import { openAccount } from '../account/open-account.ts';
import { type Context, connect } from '../context.ts';
import { keepKey } from '../keys/keep-key.ts';
import { askPassphrase } from '../output/ask-passphrase.ts';
import type { Call } from '../program/attach-action.ts';
import { formatAccount } from './account-show.ts';

export interface AccountCreateOptions {
  wallet?: string;
  name?: string;
  showKey?: boolean;
}

/** Opens the wallet's account and keeps the key where keys are kept, not on the screen. */
export async function createAccountCommand(
  context: Context,
  call: Call<AccountCreateOptions>,
): Promise<number> {
  const { terminal, host } = context;
  const { options } = call;
  const walletPath = resolve(host.cwd, options.wallet ?? context.walletPath);
  const wallet = await ensureKeypairFile(walletPath, askPassphrase(host));
  const opened = await openAccount(connect(context, 'public'), wallet, options.name ?? null);
  const keptIn = await keepKey(context, context.place, opened.apiKey, { walletPath });
  const key = options.showKey === true ? { apiKey: opened.apiKey } : {};
  if (terminal.json) {
    await terminal.object({ account: opened.account, created: opened.created, walletPath, ...key });
    return 0;
  }
  for (const line of formatAccount(context.url, opened.account)) await terminal.data(line);
  if (key.apiKey !== undefined) await terminal.data(`key          ${key.apiKey}`);
  await terminal.talk(
    opened.created ? 'New account.' : 'The account exists; this is a further key.',
  );
  await terminal.talk(`The key is kept in ${keptIn}.`);
  await terminal.talk(`Next: ${context.host.command} account deposit 0.1`);
  return 0;
}
