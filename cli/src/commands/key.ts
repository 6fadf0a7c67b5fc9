import { accountScopes } from '@node3/shared/key-scopes';
import { createKey, type KeyView, listKeys, revokeKey, rotateKey } from '@node3/shared/routes/keys';
import { toTimestamp } from '@node3/shared/schema';
import { signInLimits } from '@node3/shared/sign-in-limits';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { keepKey } from '../keys/keep-key.ts';
import { printRows } from '../output/print-rows.ts';
import { choose } from '../parse/choose.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';
import { keyCapText } from './key-caps.ts';

export interface CreateKeyOptions {
  name?: string;
  scope?: string[];
  expires?: string;
}

export interface RotateKeyOptions {
  overlap?: string;
}

const columns = [
  { title: 'KEY', value: (key: KeyView) => key.keyId },
  { title: 'NAME', value: (key: KeyView) => key.name ?? '-' },
  { title: 'SCOPES', value: (key: KeyView) => key.scopes?.join(' ') ?? 'all' },
  { title: 'CAPS', value: (key: KeyView) => keyCapText(key.caps) ?? 'none' },
  { title: 'CREATED', value: (key: KeyView) => key.createdAt },
  { title: 'EXPIRES', value: (key: KeyView) => key.expiresAt ?? '-' },
  { title: 'LAST USED', value: (key: KeyView) => key.lastUsedAt ?? '-' },
  { title: '', value: (key: KeyView) => (key.current ? 'this one' : '') },
];

export async function showKeys(context: Context): Promise<number> {
  await printRows(context, await connect(context, 'requester').call(listKeys, {}), columns);
  return 0;
}

/** The key is printed: it is for somebody or something else. */
export async function makeKey(
  context: Context,
  { options }: Call<CreateKeyOptions>,
): Promise<number> {
  const { terminal } = context;
  const { name, scope, expires } = options;
  if (name === undefined) {
    throw usageError('A key needs a name', 'Say with --name what it is for, such as --name ci.');
  }
  const made = await connect(context, 'requester').call(createKey, {
    body: {
      name,
      ...(scope !== undefined && {
        scopes: scope.map((one) => choose('--scope', one, accountScopes)),
      }),
      ...(expires !== undefined && { expiresAt: parseTime('--expires', expires) }),
    },
  });
  if (terminal.json) await terminal.object(made);
  else await terminal.data(made.apiKey);
  await terminal.talk('It is shown only now. End it with: node3 key revoke <id>');
  return 0;
}

export async function endKey(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const params = { keyId: call.args[0] ?? '' };
  const revoked = await connect(context, 'requester').call(revokeKey, { params });
  if (terminal.json) await terminal.object(revoked);
  else await terminal.data(`${revoked.keyId} revoked`);
  return 0;
}

/** Without an id it replaces the key in use, and keeps the new one where keys are kept. */
export async function replaceKey(context: Context, call: Call<RotateKeyOptions>): Promise<number> {
  const { terminal } = context;
  const client = connect(context, 'requester');
  const [named] = call.args;
  const keyId = named ?? (await client.call(listKeys, {})).data.find((key) => key.current)?.keyId;
  if (keyId === undefined) {
    throw usageError(
      'The operator’s key is rotated in its setting',
      'Name one: node3 key rotate <id>',
    );
  }
  const { overlap } = call.options;
  const { apiKey, ...rotated } = await client.call(rotateKey, {
    params: { keyId },
    query:
      overlap === undefined
        ? {}
        : {
            overlapSec: parseWholeNumber('--overlap', overlap, {
              min: 0,
              max: signInLimits.keyOverlapSecMax,
            }),
          },
  });
  const isOwn = named === undefined;
  const keptIn = isOwn ? await keepKey(context, context.place, apiKey) : null;
  if (terminal.json) await terminal.object(isOwn ? rotated : { ...rotated, apiKey });
  else await terminal.data(isOwn ? rotated.keyId : apiKey);
  if (keptIn !== null) await terminal.talk(`The new key is kept in ${keptIn}.`);
  await terminal.talk(`The old key works until ${rotated.oldKeyExpiresAt}.`);
  return 0;
}

function parseTime(option: string, text: string): string {
  const atMs = Date.parse(text);
  if (Number.isFinite(atMs)) return toTimestamp(atMs);
  throw usageError(`${option} is "${text}".`, 'Give a time, such as 2027-01-31T00:00:00Z.');
}
