import { readUrl } from '@node3/shared/env';
import { isMarketError } from '@node3/shared/error';
import { getAccount } from '@node3/shared/routes/accounts';
import { meanMarketplace } from '../account/mean-marketplace.ts';
import { usageError } from '../command-error.ts';
import { type AccountCreateOptions, createAccountCommand } from '../commands/account-create.ts';
import { type Context, connect, createContext } from '../context.ts';
import { keepKey } from '../keys/keep-key.ts';
import { askText, canAsk } from './ask.ts';

/** The same command, about this marketplace and with what is known of it by now. */
export function contextAt({ host, options }: Context, url: string): Promise<Context> {
  return createContext(host, { ...options, url }, 'allowed');
}

/** Asks for the address, where no flag says it. */
export async function askUrl(context: Context): Promise<string> {
  const question = 'Which marketplace? An address, or Enter for';
  const given = context.options.url;
  const { project } = context.sources;
  if (given === undefined && !canAsk(context) && context.keyPlaces.envIs === 'refused') {
    throw usageError(
      `Only ${project?.path} names ${context.url}, and nobody is here to say that it is meant.`,
      `If it is: node3 init --url ${context.url}`,
    );
  }
  const url = await askText(context, question, { given, offered: context.url });
  return readUrl({ 'The marketplace': url }, 'The marketplace', url);
}

/** Logs in where no key works there yet. @returns the context that has the key. */
export async function openAccess(
  context: Context,
  options: AccountCreateOptions,
): Promise<Context> {
  const { host, terminal, url } = context;
  if (await hasKey(context)) {
    await meanMarketplace(context);
    await terminal.talk('There is a key for it already.');
    return context;
  }
  const question =
    'Log in by a wallet of yours (w), which may be a new one, or a key you have (k)?';
  const how =
    options.wallet === undefined
      ? await askText(context, question, { given: undefined, offered: 'w' })
      : 'w';
  if (/^k/i.test(how) && canAsk(context)) {
    const apiKey = (await host.readSecret('Key: ')).toString('utf8').trim();
    await connect({ ...context, apiKey }, 'requester').call(getAccount, {});
    await terminal.talk(`The key is kept in ${await keepKey(context, context.place, apiKey)}.`);
  } else await createAccountCommand(context, { options, args: [] });
  await meanMarketplace(context);
  return contextAt(context, url);
}

/** A key that the marketplace does not know any more is none. */
async function hasKey(context: Context): Promise<boolean> {
  if (context.apiKey === null) return false;
  try {
    await connect(context, 'requester').call(getAccount, {});
    return true;
  } catch (error) {
    if (isMarketError(error, 'AUTH_INVALID')) return false;
    throw error;
  }
}
