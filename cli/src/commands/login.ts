import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isMarketError } from '@node3/shared/error';
import { getAccount } from '@node3/shared/routes/accounts';
import { listKeys, revokeKey } from '@node3/shared/routes/keys';
import { logInByDevice } from '../account/log-in-by-device.ts';
import { meanMarketplace } from '../account/mean-marketplace.ts';
import { CommandError, usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { findKey } from '../keys/find-key.ts';
import { forgetKey, keepKey } from '../keys/keep-key.ts';
import { formatFacts } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';
import { type AccountCreateOptions, createAccountCommand } from './account-create.ts';
import { formatAccount } from './account-show.ts';

export interface LoginOptions extends AccountCreateOptions {
  withToken?: string;
  device?: boolean;
  scope?: string[];
}

const tokenBytesMax = 256;

/** `node3 login`: with a key that is there already, with a browser, or with a wallet of this machine. */
export async function logIn(context: Context, call: Call<LoginOptions>): Promise<number> {
  const { withToken, device } = call.options;
  if (device === true) return logInWith(context, await logInByDevice(context, call.options));
  if (withToken === undefined) {
    const code = await createAccountCommand(context, call);
    await meanMarketplace(context);
    return code;
  }
  refuseStrange(context);
  return logInWith(context, await readToken(context, withToken));
}

async function logInWith(context: Context, apiKey: string): Promise<number> {
  const account = await connect({ ...context, apiKey }, 'requester').call(getAccount, {});
  const keptIn = await keepKey(context, context.place, apiKey);
  await meanMarketplace(context);
  const { terminal } = context;
  if (terminal.json) await terminal.object(account);
  else for (const line of formatAccount(context.url, account)) await terminal.data(line);
  await terminal.talk(`The key is kept in ${keptIn}.`);
  return exitCodes.ok.code;
}

/** A folder that somebody else filled must not be able to say where a key is sent. */
function refuseStrange({ keyPlaces, sources, url }: Context): void {
  if (keyPlaces.envIs === 'meant') return;
  throw usageError(
    `Only ${sources.project?.path} names ${url}, so no key is sent there.`,
    `If you mean it: node3 login --url ${url} --with-token FILE`,
  );
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
  const { keyPlaces, place, profile, terminal, url, configPath } = context;
  const apiKey = findKey({ ...keyPlaces, env: {} })?.value;
  if (apiKey === undefined && profile.keyringEntry === undefined) {
    throw new CommandError('auth', `No key for ${url} is kept in ${configPath}.`, '');
  }
  if (call.options.revoke === true) {
    if (apiKey === undefined) {
      const fix = 'Unlock it. Or forget it here, and end it elsewhere: node3 key revoke ID';
      throw new CommandError('auth', 'The keyring does not give the key that is to end.', fix);
    }
    const client = connect({ ...context, apiKey }, 'requester');
    const current = (await client.call(listKeys, {})).data.find((key) => key.current);
    if (current !== undefined) await client.call(revokeKey, { params: { keyId: current.keyId } });
  }
  await forgetKey(context, place);
  if (terminal.json) await terminal.object({ url, revoked: call.options.revoke === true });
  else await terminal.data(url);
  await terminal.talk('The key is forgotten here.');
  return exitCodes.ok.code;
}

/** `node3 whoami`: whose key this is, where it comes from and what it may still spend. */
export async function whoAmI(context: Context): Promise<number> {
  const { keyPlaces, profileName, terminal, url } = context;
  const client = connect(context, 'requester');
  const account = await client.call(getAccount, {});
  const key = await ownKey(context);
  const source = findKey(keyPlaces)?.source ?? null;
  if (terminal.json) {
    await terminal.object({ ...account, url, profile: profileName, key, keyFrom: source });
    return exitCodes.ok.code;
  }
  const { SOL, USDC } = account.balances;
  const facts = formatFacts([
    ['account', account.accountId],
    ['name', account.name],
    ['wallet', account.wallet],
    ['profile', profileName],
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
