import { resolve } from 'node:path';
import { loadKeypairFile } from '@node3/shared/keypair-file';
import { type Asset, assets } from '@node3/shared/money';
import { type KeyCapsByAsset, putKeyCaps } from '@node3/shared/routes/caps';
import { listKeys } from '@node3/shared/routes/keys';
import { proveWallet } from '../account/prove-wallet.ts';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { askPassphrase } from '../output/ask-passphrase.ts';
import { formatFacts } from '../output/table.ts';
import { mergeCaps, readCap } from '../parse/cap.ts';
import { parseAsset } from '../parse/money.ts';
import type { Call } from '../program/attach-action.ts';

export interface KeyCapsOptions {
  asset: string;
  perJob?: string;
  perDay?: string;
  wallet?: string;
}

const none: KeyCapsByAsset = {
  SOL: { perJob: null, perDay: null },
  USDC: { perJob: null, perDay: null },
};

/** `node3 key caps`: shows those of a key, and sets those that are named. */
export async function keyCaps(
  context: Context,
  { args: [keyId = ''], options }: Call<KeyCapsOptions>,
): Promise<number> {
  const isChange = options.perJob !== undefined || options.perDay !== undefined;
  const caps = isChange
    ? await changeKeyCaps(context, keyId, options)
    : await readKeyCaps(context, keyId);
  if (context.terminal.json) await context.terminal.object({ keyId, caps });
  else for (const line of formatFacts(keyCapFacts(caps))) await context.terminal.data(line);
  return exitCodes.ok.code;
}

/** Signed by the wallet of the account. What is not named stays. */
export async function changeKeyCaps(
  context: Context,
  keyId: string,
  options: KeyCapsOptions,
): Promise<KeyCapsByAsset> {
  const asset = parseAsset(options.asset);
  const named = {
    perJob: readCap('--per-job', options.perJob, asset),
    perDay: readCap('--per-day', options.perDay, asset),
  };
  const stored = await readKeyCaps(context, keyId);
  const path = resolve(context.host.cwd, options.wallet ?? context.walletPath);
  const wallet = await loadKeypairFile(path, askPassphrase(context.host));
  const client = connect(context, 'requester');
  const caps = { [asset]: mergeCaps(stored[asset], named) };
  const proof = await proveWallet(client, wallet, 'account.caps');
  return (await client.call(putKeyCaps, { params: { keyId }, body: { caps, proof } })).caps;
}

async function readKeyCaps(context: Context, keyId: string): Promise<KeyCapsByAsset> {
  const { data } = await connect(context, 'requester').call(listKeys, {});
  const key = data.find((one) => one.keyId === keyId);
  if (key !== undefined) return key.caps ?? none;
  throw usageError(`"${keyId}" is no key of yours that still works.`, 'List them: node3 key list');
}

/** In a line: such as `1 SOL a job, 5 SOL a day`; null where there is none. */
export function keyCapText(caps: KeyCapsByAsset | null): string | null {
  if (caps === null) return null;
  const told = assets.flatMap((asset) =>
    (['perJob', 'perDay'] as const).flatMap((kind) => {
      const amount = caps[asset][kind];
      return amount === null ? [] : [`${amount} ${asset} ${kind === 'perJob' ? 'a job' : 'a day'}`];
    }),
  );
  return told.join(', ');
}

function keyCapFacts(caps: KeyCapsByAsset): [string, string][] {
  const text = (asset: Asset, kind: 'perJob' | 'perDay') => caps[asset][kind] ?? 'no limit';
  return assets.flatMap((asset): [string, string][] => [
    [`${asset} job`, text(asset, 'perJob')],
    [`${asset} day`, text(asset, 'perDay')],
  ]);
}
