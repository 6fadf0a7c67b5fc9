import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isMarketError } from '@node3/shared/error';
import { getAccount } from '@node3/shared/routes/accounts';
import { listKeys, revokeKey } from '@node3/shared/routes/keys';
import { CommandError, usageError } from '../command-error.ts';
import { loadConfig, profileKey, saveConfig } from '../config-file.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatFacts } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';
import { type AccountCreateOptions, createAccountCommand } from './account-create.ts';
import { formatAccount } from './account-show.ts';

export interface LoginOptions extends AccountCreateOptions {
  withToken?: string;
}

const tokenBytesMax = 256;

/** `node3 login`: with a key that is there already, or with a wallet, which gets a new one. */
export async function logIn(context: Context, call: Call<LoginOptions>): Promise<number> {
  const { withToken } = call.options;
  if (withToken === undefined) {
    const code = await createAccountCommand(context, call);
    await remember(context, {});
    return code;
  }
  const apiKey = await readToken(context, withToken);
  const account = await connect({ ...context, apiKey }, 'requester').call(getAccount, {});
  await remember(context, { apiKey });
  const { terminal } = context;
  if (terminal.json) await terminal.object(account);
  else for (const line of formatAccount(context.url, account)) await terminal.data(line);
  await terminal.talk(`The key is kept in ${context.configPath}, readable by you only.`);
  return exitCodes.ok.code;
}

async function remember({ configPath, url }: Context, facts: { apiKey?: string }): Promise<void> {
  const config = await loadConfig(configPath);
  const key = profileKey(url);
  config.profiles[key] = { ...config.profiles[key], ...facts };
  await saveConfig(configPath, { ...config, currentUrl: url });
}

async function readToken({ host }: Context, source: string): Promise<string> {
  const bytes =
    source === '-'
      ? await host.readStdin(tokenBytesMax)
      : await readFile(resolve(host.cwd, source));
  const token = bytes.toString('utf8').trim();
  if (/^\S+$/.test(token) && token.length <= tokenBytesMax) return token;
  throw usageError('--with-token has no key.', 'Give a file with the key alone, or - for stdin.');
}

export interface LogoutOptions {
  revoke?: boolean;
}

/** Forgets the key of this marketplace; with `--revoke` nobody can use it any more either. */
export async function logOut(context: Context, call: Call<LogoutOptions>): Promise<number> {
  const { terminal, url, configPath } = context;
  const config = await loadConfig(configPath);
  const profile = config.profiles[profileKey(url)];
  if (profile?.apiKey === undefined) {
    throw new CommandError('auth', `No key for ${url} is kept in ${configPath}.`, '');
  }
  const { apiKey, ...rest } = profile;
  if (call.options.revoke === true) {
    const client = connect({ ...context, apiKey }, 'requester');
    const current = (await client.call(listKeys, {})).data.find((key) => key.current);
    if (current !== undefined) await client.call(revokeKey, { params: { keyId: current.keyId } });
  }
  config.profiles[profileKey(url)] = rest;
  await saveConfig(configPath, config);
  if (terminal.json) await terminal.object({ url, revoked: call.options.revoke === true });
  else await terminal.data(url);
  await terminal.talk('The key is forgotten here.');
  return exitCodes.ok.code;
}

/** `node3 whoami`: whose key this is, where it comes from and what it may still spend. */
export async function whoAmI(context: Context): Promise<number> {
  const { terminal, host, url } = context;
  const client = connect(context, 'requester');
  const account = await client.call(getAccount, {});
  const key = await ownKey(context);
  const source = ['NODE3_API_KEY', 'API_KEY'].find((name) => host.env[name]) ?? context.configPath;
  if (terminal.json) {
    await terminal.object({ ...account, url, key, keyFrom: source });
    return exitCodes.ok.code;
  }
  const { SOL, USDC } = account.balances;
  const facts = formatFacts([
    ['account', account.accountId],
    ['name', account.name],
    ['wallet', account.wallet],
    ['marketplace', url],
    ['key', key === null ? null : `${key.keyId}${key.name === null ? '' : ` (${key.name})`}`],
    ['key from', source],
    ['available', `${moneyText(SOL.available)}, ${moneyText(USDC.available)}`],
  ]);
  for (const line of facts) await terminal.data(line);
  return exitCodes.ok.code;
}

/** Null where the key may not look at keys. */
async function ownKey(context: Context) {
  try {
    const { data } = await connect(context, 'requester').call(listKeys, {});
    return data.find(({ current }) => current) ?? null;
  } catch (error) {
    if (isMarketError(error, 'AUTH_FORBIDDEN')) return null;
    throw error;
  }
}
