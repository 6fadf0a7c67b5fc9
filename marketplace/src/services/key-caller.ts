import { MarketError } from '@node3/shared/error';
import type { AccountScope, KeyScope } from '@node3/shared/key-scopes';
import { scopeBeyond } from '../domain/key-scopes.ts';
import type { ApiKeyRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { CapCaller } from './spending-caps.ts';

/** Who makes and ends keys. */
export interface KeyCaller extends CapCaller {
  scopes: readonly AccountScope[] | null;
}

/** What of a key goes on to one that is made with it. */
type Powers = Pick<KeyCaller, 'scopes'> & Pick<ApiKeyRow, 'endsAtMs'>;

/**
 * Throws AUTH_FORBIDDEN where a key would get, by the caller's doing, what the caller's own has not: a
 * scope, or a later end. A session may make keys that outlive it: its wallet could as well.
 */
export async function assertWithin(
  store: Pick<Store, 'apiKey'>,
  caller: KeyCaller,
  powers: Powers,
): Promise<void> {
  const scope = scopeBeyond(powers.scopes, caller.scopes);
  if (scope !== null) throw lacksScope(scope, 'A key gives no more than it has.');
  const own = caller.keyId === null ? null : await store.apiKey(caller.keyId);
  if (own === null || own.kind === 'session') return;
  // One that was replaced has an end as well, and could live on in what it makes.
  const ownEndMs = Math.min(own.endsAtMs ?? Infinity, own.expiresAtMs ?? Infinity);
  if ((powers.endsAtMs ?? Infinity) <= ownEndMs) return;
  const detail =
    'The key of this request has an end: a key that is made with it needs one before it.';
  throw new MarketError('AUTH_FORBIDDEN', { detail });
}

/** @param why what else the caller should know; a sentence, or ''. */
export function lacksScope(scope: KeyScope, why: string): MarketError {
  const told = [`This needs a key with the scope ${scope}.`, why, waysTo[scope]];
  const detail = told.filter((sentence) => sentence !== '').join(' ');
  return new MarketError('AUTH_FORBIDDEN', { detail, scope });
}

const create = (scope: KeyScope) => `Get one with: node3 key create --name NAME --scope ${scope}`;
const waysTo: Readonly<Record<KeyScope, string>> = {
  requester: create('requester'),
  provider: create('provider'),
  operator: 'Only the operator’s key makes one: node3 key create --name NAME --scope operator',
  agent: 'An agent gets it when it registers: node3 agent start',
  'read-only': create('read-only'),
};
