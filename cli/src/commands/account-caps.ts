import { resolve } from 'node:path';
import { loadKeypairFile } from '@node3/shared/keypair-file';
import { assets } from '@node3/shared/money';
import { type CapsView, getCaps, putAccountCaps } from '@node3/shared/routes/caps';
import { proveWallet } from '../account/prove-wallet.ts';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { askPassphrase } from '../output/ask-passphrase.ts';
import { formatFacts } from '../output/table.ts';
import { mergeCaps, readCap } from '../parse/cap.ts';
import { parseAsset } from '../parse/money.ts';
import type { Call } from '../program/attach-action.ts';
import { changeKeyCaps } from './key-caps.ts';

export interface AccountCapsOptions {
  asset: string;
  perJob?: string;
  open?: string;
  perDay?: string;
  key?: string;
  wallet?: string;
}

/** `node3 account caps`: shows them, and sets those that are named. */
export async function accountCaps(
  context: Context,
  { options }: Call<AccountCapsOptions>,
): Promise<number> {
  const client = connect(context, 'requester');
  const isChange = [options.perJob, options.open, options.perDay].some((cap) => cap !== undefined);
  if (isChange) await change(context, options);
  const view = await client.call(getCaps, {});
  if (context.terminal.json) await context.terminal.object(view);
  else for (const line of formatFacts(capFacts(view))) await context.terminal.data(line);
  return exitCodes.ok.code;
}

async function change(context: Context, options: AccountCapsOptions): Promise<void> {
  if (options.key !== undefined) {
    if (options.open !== undefined) {
      throw usageError('--open is for the account.', 'A key has --per-job and --per-day.');
    }
    await changeKeyCaps(context, options.key, options);
    return;
  }
  const client = connect(context, 'requester');
  const asset = parseAsset(options.asset);
  const named = {
    perJob: readCap('--per-job', options.perJob, asset),
    open: readCap('--open', options.open, asset),
    perDay: readCap('--per-day', options.perDay, asset),
  };
  const path = resolve(context.host.cwd, options.wallet ?? context.walletPath);
  const wallet = await loadKeypairFile(path, askPassphrase(context.host));
  const { account } = await client.call(getCaps, {});
  const caps = { ...account, [asset]: mergeCaps(account[asset], named) };
  const proof = await proveWallet(client, wallet, 'account.caps');
  await client.call(putAccountCaps, { body: { caps, proof } });
}

function capFacts(view: CapsView): [string, string | null][] {
  return assets.flatMap((asset): [string, string | null][] => {
    const { perJob, open, perDay } = view.account[asset];
    const used = view.used[asset];
    const operator = view.operator[asset];
    const limit = (own: string | null, all: string | null) =>
      `${own ?? 'no limit'}${all === null ? '' : `; at most ${all} here`}`;
    const key = view.key?.caps[asset] ?? null;
    return [
      [`${asset} job`, limit(perJob, operator.perJob)],
      [`${asset} open`, `${used.open} of ${limit(open, operator.open)}`],
      [`${asset} today`, `${used.today} of ${limit(perDay, operator.perDay)}`],
      [`${asset} this key`, key === null ? null : keyText(key, view.key?.used[asset].today ?? '0')],
    ];
  });
}

function keyText(
  { perJob, perDay }: { perJob: string | null; perDay: string | null },
  today: string,
) {
  return `job ${perJob ?? 'no limit'}, today ${today} of ${perDay ?? 'no limit'}`;
}
